import { join } from 'node:path'
import type { Tested } from '../sandbox/harness.ts'

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
