import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { lastLines } from './command.ts'

/** Git's messages for a folder without a repository or a commit. */
const NONE = /not a git repository|does not have any commits|unknown revision|bad revision|ambiguous argument 'HEAD'/

async function git({ exec }: Ports, dir: string, ...args: string[]): Promise<string | null> {
  // The C locale because Slipway matches messages; no optional locks because nothing may be written.
  const env = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' }
  const finished = await exec({ argv: ['git', ...args], cwd: dir, env }).catch(() => null)
  if (finished === null || NONE.test(finished.stderr)) return null
  if (finished.code === 0) return finished.stdout
  throw new ProblemError(
    error(
      'git-failed',
      `git cannot read this repository, so the commit is unknown:\n${lastLines(finished)}`,
      `Run \`git ${args.join(' ')}\` in the project and fix what it reports.`,
    ),
  )
}

/**
 * Returns the full id of the commit checked out in `dir`, or null without a repository, a commit or git. Unlike a search
 * for changes, it runs no program that the repository's configuration names (file system monitor, filters).
 * @throws ProblemError `git-failed` when git refuses to read the repository (because of its owner, for example)
 */
export async function headOf(ports: Ports, dir: string): Promise<string | null> {
  return (await git(ports, dir, 'rev-parse', 'HEAD'))?.trim() ?? null
}

/**
 * Returns the full id of the commit of a tag, or null if the repository of `dir` has no such tag. It runs no configured
 * program either.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function commitOfTag(ports: Ports, dir: string, tag: string): Promise<string | null> {
  const ref = `refs/tags/${tag}`
  const listed = await git(ports, dir, 'for-each-ref', '--format=%(refname) %(objectname) %(*objectname)', ref)
  const found = (listed ?? '').split('\n').map((each) => each.split(' '))
  // The object of an annotated tag names the commit.
  const [, own, tagged] = found.find(([name]) => name === ref) ?? []
  return tagged || own || null
}

/**
 * Returns the committer time of that commit in seconds since the epoch, for SOURCE_DATE_EPOCH. Null where `headOf` is
 * null; it runs no configured program either.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function commitTime(ports: Ports, dir: string): Promise<number | null> {
  const time = await git(ports, dir, 'log', '-1', '--no-show-signature', '--format=%ct')
  return time === null ? null : Number(time)
}

/**
 * Whether the repository of `dir` has changed files, or new files that are not ignored; false outside a repository. May
 * run programs that the repository's configuration names.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function isDirty(ports: Ports, dir: string): Promise<boolean> {
  return Boolean(await git(ports, dir, 'status', '--porcelain'))
}

/** Returns the top folder of the repository of `dir`, absolute, or null without one. @throws ProblemError `git-failed` */
export async function topOf(ports: Ports, dir: string): Promise<string | null> {
  return (await git(ports, dir, 'rev-parse', '--show-toplevel'))?.trim() ?? null
}

/** Whether git tracks a file, named relative to `dir`. */
export async function isTracked({ exec }: Ports, dir: string, file: string): Promise<boolean> {
  const finished = await exec({ argv: ['git', 'ls-files', '--error-unmatch', '--', file], cwd: dir }).catch(() => null)
  return finished?.code === 0
}

/**
 * Writes the sources of a commit to `out` as `<name>-<version>-source.tar.gz`, with the same bytes each time. Returns its
 * path, or null without a commit.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function archiveSources(
  ports: Ports,
  dir: string,
  { commit, version }: { commit: string | null; version: string },
  out: string,
): Promise<string | null> {
  if (commit === null) return null
  const top = (await topOf(ports, dir)) ?? dir
  const name = `${(ports.env.GITHUB_REPOSITORY?.split('/')[1] ?? basename(top)).replaceAll(/[^\w.-]/g, '-')}-${version}-source`
  const tar = join(out, `${name}.tar`)
  await git(ports, top, 'archive', '--format=tar', `--prefix=${name}/`, `--output=${tar}`, commit)
  // Node's gzip has neither a time nor a name in its header (RFC 1952, section 2.3).
  await writeFile(`${tar}.gz`, gzipSync(await readFile(tar), { level: 9 }))
  await rm(tar)
  return `${tar}.gz`
}
