import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BenchError, program, run } from './measure.ts'

/** A folder of the benches in the system's cache folder. */
export function benchCache(name: string): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const caches = {
    darwin: join(homedir(), 'Library', 'Caches'),
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  }
  const folder = caches[process.platform as 'darwin' | 'win32'] ?? (XDG_CACHE_HOME || join(homedir(), '.cache'))
  return join(folder, 'slipway-bench', name)
}

/** Clients of package indexes: those on PATH, else installed once into a virtual environment of the cache. */
export async function pythonClients<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  const venv = benchCache('clients')
  const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin')
  const found = (name: string) => {
    try {
      return program(name)
    } catch {
      return null
    }
  }
  const missing = names.filter((each) => found(each) === null)
  const mark = join(venv, `complete-${missing.join('-')}`)
  if (missing.length > 0 && !existsSync(mark)) {
    rmSync(venv, { recursive: true, force: true })
    await run([program('python3'), '-m', 'venv', venv])
    await run([join(bin, 'pip'), 'install', '-q', ...missing]).catch((cause: Error) => {
      throw new BenchError(`${missing.join(' and ')} cannot be installed from PyPI: ${cause.message}`)
    })
    writeFileSync(mark, '')
  }
  return Object.fromEntries(names.map((each) => [each, found(each) ?? join(bin, each)])) as Record<Name, string>
}
