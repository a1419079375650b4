import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { succeed } from './harness.ts'

/** Clients of package indexes, installed once a checkout: in a place of its own for each file of tests, as these run side by side. */
export interface Clients {
  /** A program of theirs: `twine`, `pip`. */
  tool(name: string): string
  install(): Promise<void>
}

/** Clients from PyPI, by the names of their packages. */
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
