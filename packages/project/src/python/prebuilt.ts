import { normalizeName } from '@slipway/core/name'
import { error, type Problem, type Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { unknownName } from '../settings/existence.ts'
import { parsePrebuiltGlob } from '../settings/prebuilt.ts'
import { quoted } from '../settings/reading.ts'
import { compilerOf } from './compiler.ts'
import type { DiscoveredPackage } from './discovered-package.ts'

/** The patterns of prebuilt files, and the place of each. */
export interface PrebuiltGlobs {
  globs: readonly string[]
  where(index: number): Where | undefined
}

/** Returns why a pattern is of no package: its name is unknown, or it has none and nothing here is compiled. */
function withoutPackage(glob: string, packages: readonly DiscoveredPackage[], where: Where | undefined): Problem {
  const { distribution } = parsePrebuiltGlob(glob) ?? {}
  const names = packages.map((each) => each.name)
  if (distribution) return unknownName('Python package', distribution, names, where)
  const message = `${quoted(glob)} is of no package: none here compiles code, so Slipway builds their wheels itself.`
  return error(
    'settings-bad-value',
    message,
    'Begin the file name with the package, as in `wheelhouse/NAME-*.whl`.',
    where,
  )
}

/**
 * Adds to each package the patterns of the files that another job builds for it: those with its name and, if it is
 * compiled, those with any name. Reports each pattern that is of no package.
 */
export async function withPrebuilt(
  packages: readonly DiscoveredPackage[],
  { globs, where }: PrebuiltGlobs,
  folder: Folder,
): Promise<{ packages: DiscoveredPackage[]; problems: Problem[] }> {
  if (globs.length === 0) return { packages: [...packages], problems: [] }
  const found = packages.map(async (each): Promise<DiscoveredPackage> => {
    const isCompiled = each.maturin !== null || (await compilerOf(each, folder)) !== null
    const prebuilt = globs.filter((glob) => {
      const { distribution } = parsePrebuiltGlob(glob) ?? {}
      return distribution ? normalizeName(distribution) === normalizeName(each.name) : isCompiled
    })
    return prebuilt.length > 0 ? { ...each, prebuilt } : each
  })
  const all = await Promise.all(found)
  const problems = globs.flatMap((glob, index) =>
    all.some((each) => each.prebuilt?.includes(glob)) ? [] : withoutPackage(glob, all, where(index)),
  )
  return { packages: all, problems }
}
