import { join } from 'node:path'
import { expect } from '@jest/globals'
import { type Tested, tested } from '../sandbox/harness.ts'
import { runAction } from './action.ts'
import { builtWorkspace } from './distributions.ts'

/** The environment of a job that may request ID tokens with these claims, in a sandbox. */
export async function identified(
  { dir, steer, oidc, github }: Tested,
  claims: Record<string, string> = {},
): Promise<Record<string, string>> {
  return {
    SLIPWAY_SANDBOX: join(dir, 'sandbox.json'),
    GITHUB_API_URL: github.api,
    ACTIONS_ID_TOKEN_REQUEST_URL: oidc.request,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: await steer.idRequestToken({ repository: 'owner/project', ...claims }),
  }
}

/** What the registries of these tests trust. */
export const PUBLISHER = { repository: 'owner/project', workflow: 'release.yml' }

/** A sandbox whose PyPI has a wheel and an sdist, by default attested for a commit. */
export async function publishedAttested(sha: string, inputs: Record<string, string> = {}): Promise<Tested> {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'demo-py', ...PUBLISHER, pending: true }])
  const at = { cwd: builtWorkspace(), env: await identified(sandbox, { sha }), token: sandbox.github.token }
  const step = await runAction('publish-pypi', { 'packages-dir': '.', ...inputs }, at)
  expect([step.code, step.annotations]).toEqual([0, []])
  return sandbox
}
