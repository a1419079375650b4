import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { descriptionFile } from '@slipway/sandbox/description'
import type { Env } from '../engines/daemon.ts'
import { ROOT } from '../rehearsal/example.ts'
import { succeed, type Tested, temporaryFolder } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'

/**
 * A run of a workflow: its jobs are processes in separate folders, and pass files on through the sandbox's artifacts.
 * @param more variables of every job
 */
export async function workflowRun(
  sandbox: Tested,
  commit: string,
  attempt = 1,
  sees: 'earlier' | 'none' = 'earlier',
  more: Readonly<Record<string, string | undefined>> = {},
) {
  const token = await sandbox.steer.runtimeToken({ run: 7, attempt, sees })
  const env = {
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_API_URL: sandbox.github.api,
    GITHUB_REF_TYPE: 'tag',
    GITHUB_REF_NAME: 'v1.0.0',
    GITHUB_SHA: commit,
    ACTIONS_RESULTS_URL: `${sandbox.actions.results}/`,
    ACTIONS_RUNTIME_TOKEN: token,
    DOCKER_CONFIG: temporaryFolder(),
    ...more,
  }
  const job = (name: string, inputs: Record<string, string>, cwd: string, more: Env = {}): Promise<Step> => {
    return runAction(name, inputs, { cwd, env: { ...env, ...more }, token: sandbox.github.token })
  }
  /** Uploads files of a job as actions/upload-artifact does. */
  const upload = (name: string, path: string, cwd: string) => {
    const runner = { GITHUB_OUTPUT: join(cwd, '.output'), GITHUB_STEP_SUMMARY: join(cwd, '.summary') }
    const inputs = { INPUT_NAME: name, INPUT_PATH: path, 'INPUT_IF-NO-FILES-FOUND': 'error' }
    const main = join(ROOT, 'dist/stand-in-upload-artifact.js')
    return succeed([process.execPath, main], { cwd, env: { ...env, ...runner, ...inputs } })
  }
  return Object.assign(job, { upload })
}

/** A checkout in a separate job. */
export function checkout(from: string): string {
  const dir = join(temporaryFolder(), 'project')
  cpSync(from, dir, { recursive: true })
  return dir
}
