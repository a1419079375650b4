import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { succeed } from './harness.ts'

/** Where the clients are installed, once a checkout. */
const venv = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests/python-clients', import.meta.url))

/** A program of the clients: `twine`, `uv`, `pip`. */
export const tool = (name: string) => join(venv, 'bin', name)

/** Installs twine and uv, where they are not yet. */
export async function installClients(): Promise<void> {
  if (existsSync(join(venv, 'complete'))) return
  rmSync(venv, { recursive: true, force: true })
  await succeed(['python3', '-m', 'venv', venv])
  await succeed([tool('pip'), 'install', '-q', 'twine', 'uv'])
  writeFileSync(join(venv, 'complete'), '')
}
