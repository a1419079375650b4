import type { Command, Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** A repository that a hook named, say, is not the one that is meant. */
const ANY_REPOSITORY = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined }

/** Asks git something that it may answer with a failure. */
export function askGit(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<Finished> {
  return ports.exec({ argv: ['git', ...args], cwd, env: { ...ANY_REPOSITORY, ...env } })
}

/**
 * Runs git and gives what it printed.
 * @throws ProblemError `git-failed` with what git says
 */
export async function git(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<string> {
  const finished = await askGit(ports, cwd, args, env)
  if (finished.code === 0) return finished.stdout
  const verb = args.find((each) => /^[a-z]+(-[a-z]+)?$/.test(each))
  throw new ProblemError(
    error('git-failed', `git ${verb} failed: ${finished.stderr.trim()}`, 'Mend what git says, then run again.'),
  )
}
