import { rm } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { git } from '../git.ts'
import type { SourceCopy } from '../source-copy.ts'
import { rewriteForAct } from './act-repositories.ts'

/** Ignores the user's git configuration. */
const PLAIN = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }

/** Returns the refs that pushing a release's tag sends. */
export function releaseRefs({ plan }: Pick<SourceCopy, 'plan'>): string[] {
  return ['+HEAD:refs/heads/main', `refs/tags/${plan.tag}:refs/tags/${plan.tag}`]
}

/**
 * Pushes refs of the copy (`FROM:TO`) to the sandbox's git repository.
 * @throws ProblemError `git-failed`, also if the tag is at another commit there
 */
export async function pushRefs(
  ports: Ports,
  { dir }: Pick<SourceCopy, 'dir'>,
  { github }: Pick<SandboxDescription, 'github'>,
  repository: string,
  refs: readonly string[],
): Promise<void> {
  const login = Buffer.from(`git:${github.token}`).toString('base64')
  const env = {
    ...PLAIN,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${github.git}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${login}`,
  }
  await git(ports, dir, ['push', '--quiet', `${github.git}/${repository}.git`, ...refs], env)
}

/** Clones the copy for act, which reads the workflows and the commit from the clone. */
export async function cloneForAct(
  ports: Ports,
  { dir, plan }: SourceCopy,
  to: string,
  repository: string,
): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await git(ports, dir, ['clone', '--quiet', '--no-hardlinks', dir, to], PLAIN)
  await git(ports, to, ['checkout', '--quiet', '--detach', `refs/tags/${plan.tag}`], PLAIN)
  // act reads the repository's name from here and never contacts the address.
  await git(ports, to, ['remote', 'set-url', 'origin', `https://github.com/${repository}`], PLAIN)
  await rewriteForAct(to)
}
