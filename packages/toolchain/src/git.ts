import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { lastLines } from './command.ts'

/** No repository, no git, or no commit yet. */
const NONE = /not a git repository|does not have any commits|unknown revision|bad revision|ambiguous argument 'HEAD'/

async function git({ exec }: Ports, dir: string, ...args: string[]): Promise<string | null> {
  // The C locale, since messages are read; no optional locks, since nothing may be written.
  const env = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' }
  const finished = await exec({ argv: ['git', ...args], cwd: dir, env }).catch(() => null)
  if (finished === null || NONE.test(finished.stderr)) return null
  if (finished.code === 0) return finished.stdout
  throw new ProblemError(
    error(
      'git-failed',
      `git cannot read this repository, so the commit is not known:\n${lastLines(finished)}`,
      `Run \`git ${args.join(' ')}\` in the project and mend what it says.`,
    ),
  )
}

/**
 * Full id of the commit that is checked out in `dir`, or null where there is no repository, no commit yet or no git.
 * Runs nothing that the repository's configuration names, as looking for changes would: its monitor and its filters.
 * @throws ProblemError `git-failed` when there is a repository that git refuses to read (its owner, say)
 */
export async function headOf(ports: Ports, dir: string): Promise<string | null> {
  return (await git(ports, dir, 'rev-parse', 'HEAD'))?.trim() ?? null
}

/**
 * The committer's time of that commit, in seconds since the epoch: what SOURCE_DATE_EPOCH is set to. Null where `headOf`
 * is, and as careful.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function commitTime(ports: Ports, dir: string): Promise<number | null> {
  const time = await git(ports, dir, 'log', '-1', '--no-show-signature', '--format=%ct')
  return time === null ? null : Number(time)
}

/**
 * Whether something in the repository of `dir` is changed, or new and not ignored; false outside one. Looking for it
 * runs what the repository's configuration names.
 * @throws ProblemError `git-failed`, as `headOf` does
 */
export async function isDirty(ports: Ports, dir: string): Promise<boolean> {
  return Boolean(await git(ports, dir, 'status', '--porcelain'))
}

/** Whether git knows a file, named relative to `dir`. */
export async function isTracked({ exec }: Ports, dir: string, file: string): Promise<boolean> {
  const finished = await exec({ argv: ['git', 'ls-files', '--error-unmatch', '--', file], cwd: dir }).catch(() => null)
  return finished?.code === 0
}
