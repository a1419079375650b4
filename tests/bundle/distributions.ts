import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../sandbox/harness.ts'
import { sdist, WHEEL_NAME, wheelFiles, zip } from '../unit/artifacts/archives.ts'

/** A good wheel, with some of its files changed. */
export const wheel = (changes: Record<string, string | null> = {}) => zip(wheelFiles(changes))

/** A workspace whose `dist` holds these files: by default a good wheel and its sdist. */
export function builtWorkspace(files: Record<string, Uint8Array> = GOOD): string {
  const cwd = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) put(cwd, name, bytes)
  return cwd
}

/** Puts a file into a workspace. */
export function put(cwd: string, name: string, bytes: Uint8Array): void {
  const file = join(cwd, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}

export const SDIST_NAME = 'demo_py-1.0.0.tar.gz'

export const GOOD: Record<string, Uint8Array> = { [WHEEL_NAME]: wheel(), [SDIST_NAME]: sdist() }
