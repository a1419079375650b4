import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from '@jest/globals'
import { type Tested, temporaryFolder, write } from './harness.ts'

const SERVICE = 'twirp/github.actions.results.api.v1.ArtifactService'
const script = fileURLToPath(new URL('./artifact-client.ts', import.meta.url))

/** The client's result or error. */
interface ClientResult {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own types differ by method.
  result?: any
  error?: string
}

let child: ChildProcess | undefined
afterAll(() => {
  child?.kill()
})

/** Calls the real client as a job with this runtime token does, in a separate process with the job's environment. */
export async function client({ actions }: Pick<Tested, 'actions'>, token: string, method: string, ...args: unknown[]) {
  child ??= fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const env = {
    ACTIONS_RUNTIME_TOKEN: token,
    ACTIONS_RESULTS_URL: `${actions.results}/`,
    GITHUB_WORKSPACE: temporaryFolder(),
  }
  child.send({ env, method, args })
  const [result] = (await once(child, 'message')) as [ClientResult]
  return result
}

/** Uploads files of a new folder as an artifact. */
export async function upload(
  sandbox: Tested,
  token: string,
  name: string,
  files: Record<string, string>,
): Promise<ClientResult> {
  const folder = temporaryFolder()
  write(folder, files)
  const paths = Object.keys(files).map((each) => join(folder, each))
  return client(sandbox, token, 'uploadArtifact', name, paths, folder)
}

/** Downloads a file of the newest artifact of a name and returns its text; null when there is no artifact. */
export async function newest(sandbox: Tested, token: string, name: string, file: string): Promise<string | null> {
  const found = await client(sandbox, token, 'getArtifact', name)
  if (found.error?.startsWith('Artifact not found')) return null
  const { id, digest } = found.result.artifact
  const path = temporaryFolder()
  const { result } = await client(sandbox, token, 'downloadArtifact', id, { path, expectedHash: digest })
  expect(result).toEqual({ downloadPath: path, digestMismatch: false })
  return readFileSync(join(path, file), 'utf8')
}

/** Returns the names of listed artifacts. */
export const names = ({ result }: ClientResult) => result.artifacts.map(({ name }: { name: string }) => name)

/** Returns the backend ids in a token, as the client reads them. */
export function idsOf(token: string) {
  const { scp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scp: string }
  const [, run, job] = scp.split(':')
  return { workflow_run_backend_id: run, workflow_job_run_backend_id: job }
}

interface Answered {
  code?: string
  signed_url?: string
  signed_upload_url?: string
  artifacts?: object[]
}

/** Calls a method without the client; returns the status and Twirp's code. */
export async function call({ actions }: Pick<Tested, 'actions'>, method: string, token: string, body: object) {
  const response = await fetch(`${actions.results}/${SERVICE}/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as Answered) }
}
