import type { Command, Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** Ignores a repository named by the environment, for example by a hook. */
const ANY_REPOSITORY = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined }

/** Runs git where a failure is a valid answer. */
export function askGit(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<Finished> {
  return ports.exec({ argv: ['git', ...args], cwd, env: { ...ANY_REPOSITORY, ...env } })
}

/**
 * Runs git and returns its output.
 * @throws ProblemError `git-failed` with git's error output
 */
export async function git(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<string> {
  const finished = await askGit(ports, cwd, args, env)
  if (finished.code === 0) return finished.stdout
  const verb = args.find((each) => /^[a-z]+(-[a-z]+)?$/.test(each))
  throw new ProblemError(
    error('git-failed', `git ${verb} failed: ${finished.stderr.trim()}`, 'Fix what git reports, then run again.'),
  )
}
