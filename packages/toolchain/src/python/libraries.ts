import { readdir, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { withVariables } from '../environment.ts'
import type { Python } from '../python.ts'
import { cachedInstallations } from './candidates.ts'

/**
 * Returns the folders of shared libraries of the Pythons in the tool cache. The builds of actions/python-versions for Linux look for
 * theirs where GitHub's runners have the tool cache (their `ubuntu-python-builder.psm1`, `rpath`), so a tool cache elsewhere needs
 * `LD_LIBRARY_PATH`, which actions/setup-python sets too. Empty on other systems.
 */
async function libraryFolders(env: Ports['env'], platform: NodeJS.Platform): Promise<string[]> {
  if (platform !== 'linux') return []
  const folders = (await cachedInstallations(env, platform)).map((each) => join(each, 'lib'))
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      return names.some((name) => /^libpython3.*\.so/.test(name)) ? [await realpath(folder)] : []
    }),
  )
  return found.flat()
}

/** Returns the variables by which programs find shared libraries in folders too; none for no folder. */
export function libraryVariables(env: Ports['env'], folders: readonly string[]): Record<string, string> {
  if (folders.length === 0) return {}
  const before = env.LD_LIBRARY_PATH ? [env.LD_LIBRARY_PATH] : []
  return { LD_LIBRARY_PATH: [...new Set([...folders, ...before])].join(delimiter) }
}

/** Returns ports with which every Python of the tool cache runs; null if that needs no variable. */
export async function withPythonLibraries(
  ports: Ports,
  platform: NodeJS.Platform = process.platform,
): Promise<Ports | null> {
  const folders = await libraryFolders(ports.env, platform)
  return folders.length === 0 ? null : withVariables(ports, libraryVariables(ports.env, folders))
}

/** Returns the folder of a Python's shared library. */
export function libraryFolder({ path }: Pick<Python, 'path'>): string {
  return join(dirname(dirname(path)), 'lib')
}
