import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { toolCache } from '../cache.ts'
import { pathFolders } from '../command.ts'

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function foldersOf(folder: string): Promise<string[]> {
  return (await list(folder)).map((name) => join(folder, name))
}

/** Returns the path of the executable in an installation's folder. */
function executable(prefix: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? join(prefix, 'python.exe') : join(prefix, 'bin', 'python3')
}

async function onPath(folder: string, platform: NodeJS.Platform): Promise<string[]> {
  const pattern = platform === 'win32' ? /^(?:python|pypy)(3(\.\d+t?)?)?\.exe$/i : /^(?:python|pypy)3(\.\d+t?)?$/
  return (await list(folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/**
 * Returns the installations for a processor in a version's folder of the tool cache: `x64` or, without the global interpreter
 * lock, `x64-freethreaded`. Each has a file `x64.complete` beside it once it is whole (@actions/tool-cache, `_completeToolPath`).
 */
async function completeIn(version: string, arch: string): Promise<string[]> {
  const names = await list(version)
  // Windows' runners have a Python for x86 too, and those of Apple's processors may have one for Intel's.
  const own = [arch, `${arch}-freethreaded`].filter(
    (name) => names.includes(name) && names.includes(`${name}.complete`),
  )
  return own.map((name) => join(version, name))
}

/** Returns a processor's name in the tool cache. */
export function toolCacheArch(arch: string): string {
  return arch === 'ia32' ? 'x86' : arch
}

/** Returns the folder of pyenv, which keeps its Pythons below `versions`. */
export function pyenvRoot(env: Ports['env']): string {
  return env.PYENV_ROOT ?? join(env.HOME ?? homedir(), '.pyenv')
}

/** Returns the folders of the complete Pythons, CPython and PyPy, in the tool cache. */
export async function cachedInstallations(
  env: Ports['env'],
  platform: NodeJS.Platform,
  arch: string = process.arch,
): Promise<string[]> {
  const kinds = ['Python', 'PyPy'].map((each) => foldersOf(join(toolCache(env, platform), each)))
  const versions = (await Promise.all(kinds)).flat()
  return (await Promise.all(versions.map((each) => completeIn(each, toolCacheArch(arch))))).flat()
}

/** Returns the paths where a Python may be: from setup-python, PATH, the tool cache and pyenv. */
export async function pythonCandidates(
  env: Ports['env'],
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): Promise<string[]> {
  const chosen = env.pythonLocation ? [env.pythonLocation] : []
  const pyenv = pyenvRoot(env)
  // A shim is only a slow script in front of a Python under versions/.
  const folders = pathFolders(env).filter((folder) => folder !== join(pyenv, 'shims'))
  const named = (await Promise.all(folders.map((each) => onPath(each, platform)))).flat()
  const installed = [...(await cachedInstallations(env, platform, arch)), ...(await foldersOf(join(pyenv, 'versions')))]
  const at = (prefix: string) => executable(prefix, platform)
  return [...new Set([...chosen.map(at), ...named, ...installed.map(at)])]
}
