import { mkdirSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { dirname, join } from 'node:path'
import { program, run } from './measure.ts'

const GIT = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_AUTHOR_DATE: '2025-01-02T03:04:05Z',
  GIT_COMMITTER_DATE: '2025-01-02T03:04:05Z',
}

/** Writes files below a folder. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

/** Makes a repository of a folder, with all of its files in one commit; gives the commit. */
export async function commit(cwd: string): Promise<string> {
  const git = program('git')
  const at = { cwd, env: GIT }
  await run([git, 'init', '-q', '-b', 'main'], at)
  await run([git, 'add', '-A'], at)
  await run([git, 'commit', '-q', '-m', 'All'], at)
  return (await run([git, 'rev-parse', 'HEAD'], at)).stdout.trim()
}

/** A project that releases an image alone, so that only what a bench is about goes out. */
export const PROJECT: Record<string, string> = {
  '.gitignore': 'target/\ndist/\nparts/\n',
  'Cargo.toml': '[package]\nname = "app"\nversion = "1.2.0"\nedition = "2021"\npublish = false\n',
  'src/main.rs': 'fn main() {}\n',
  Dockerfile: 'FROM scratch\n',
  'docker-compose.yml': 'services:\n  app:\n    build: .\n    image: ghcr.io/owner/app\n',
  'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-01-02\n\n- New.\n',
}
