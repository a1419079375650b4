import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../rehearsal/example.ts'
import { succeed, temporaryFolder, write } from '../sandbox/harness.ts'

/** A program's identity and times that no machine's settings change. */
const GIT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_AUTHOR_DATE: '2025-01-02T03:04:05Z',
  GIT_COMMITTER_DATE: '2025-01-02T03:04:05Z',
}

const manifest = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion.workspace = true\nedition = "2021"\ndescription = "For a test."\nlicense = "MIT"\n${more}`

/** A workspace of a crate, one that needs it, and a private one; neither needs anything that is out there. */
export const WORKSPACE: Record<string, string> = {
  '.gitignore': 'target/\ndist/\nCargo.lock\n',
  'Cargo.toml': `[workspace]
resolver = "2"
members = ["app", "core", "tool"]
[workspace.package]
version = "1.2.0"
`,
  // Named so that the order of names is not that of dependencies.
  'core/Cargo.toml': manifest('slipway-demo-zcore'),
  'core/src/lib.rs': 'pub fn two() -> u32 { 2 }\n',
  'app/Cargo.toml': manifest(
    'slipway-demo-app',
    '[dependencies]\nslipway-demo-zcore = { path = "../core", version = "1.2.0" }\n',
  ),
  'app/src/lib.rs': 'pub fn four() -> u32 { slipway_demo_zcore::two() * 2 }\n',
  'tool/Cargo.toml': manifest('slipway-demo-tool', 'publish = false\n'),
  'tool/src/main.rs': 'fn main() {}\n',
  'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-01-02\n\n- Two is two.\n',
}

/** Commits everything in a folder, and makes it a repository first if necessary. */
export async function commit(dir: string, changes: Record<string, string> = {}): Promise<void> {
  write(dir, changes)
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'A change'],
  ]) {
    await succeed(['git', ...args], { cwd: dir, env: GIT })
  }
}

/** A repository with these files, removed after the test. */
export async function repository(files: Record<string, string>): Promise<string> {
  const dir = temporaryFolder()
  await commit(dir, files)
  return dir
}

/** A repository with a copy of the example. */
export async function exampleRepository(parent = temporaryFolder()): Promise<string> {
  const dir = join(parent, 'metatron')
  // What a build in the checkout left is no part of it.
  const filter = (path: string) => !/[\\/](target|dist|__pycache__)$/.test(path)
  cpSync(join(ROOT, 'examples', 'metatron'), dir, { recursive: true, filter })
  await commit(dir)
  return dir
}
