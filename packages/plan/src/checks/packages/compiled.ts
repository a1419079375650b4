import { type Problem, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { compilerOf } from '@slipway/project/python/compiler'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'

/** The tools that make portable wheels with any backend, and of wheels that are built. */
const PORTABLE = /\b(?:cibuildwheel|auditwheel repair)\b/

/**
 * Reports a package whose build backend compiles: Slipway builds it once, as it builds pure Python, so the wheel is for
 * one platform. A prebuilt package has portable wheels. The hint names the workflow that builds them already.
 */
export async function compiledProblems(found: DiscoveredPackage, folder: Folder): Promise<Problem[]> {
  if (found.prebuilt !== undefined) return []
  const compiler = await compilerOf(found, folder)
  if (!compiler) return []
  const builder = await builderOf(folder)
  const message = `${compiler.name} compiles for ${found.name}, so a wheel built by Slipway is tagged \`linux_x86_64\`, which PyPI refuses.`
  const hint =
    builder === null
      ? 'Build the wheels with cibuildwheel in a job before, and set `prebuilt` in slipway.toml to their files; or build with maturin.'
      : `Let the jobs of ${builder} that build wheels run before the release, and set \`prebuilt\` in slipway.toml to their files.`
  return [warning('wheel-not-portable', message, hint, compiler.where)]
}

/** Returns the first workflow that builds portable wheels; null for none. */
async function builderOf(folder: Folder): Promise<string | null> {
  for (const file of await workflowFiles(folder)) {
    if (PORTABLE.test((await folder.read(file)) ?? '')) return file
  }
  return null
}
