import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { succeed } from './harness.ts'

/** Clients of package indexes, installed once per checkout and test file, since test files run side by side. */
export interface Clients {
  /** Returns the path of a program: `twine`, `pip`. */
  tool(name: string): string
  install(): Promise<void>
}

/** Returns clients from PyPI, by their package names. */
export function pythonClients(place: string, ...packages: string[]): Clients {
  const venv = fileURLToPath(new URL(`../../node_modules/.cache/slipway-tests/${place}`, import.meta.url))
  const tool = (name: string) => join(venv, 'bin', name)
  return {
    tool,
    async install() {
      if (existsSync(join(venv, 'complete'))) return
      rmSync(venv, { recursive: true, force: true })
      await succeed(['python3', '-m', 'venv', venv])
      await succeed([tool('pip'), 'install', '-q', ...packages])
      writeFileSync(join(venv, 'complete'), '')
    },
  }
}
