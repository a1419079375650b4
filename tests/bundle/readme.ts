import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Receipt } from '@slipway/core/receipt'
import { descriptionFile } from '@slipway/sandbox/description'
import { parse } from 'yaml'
import { ROOT } from '../rehearsal/example.ts'
import { type Tested, temporaryFolder } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'
import { commit } from './project.ts'

interface WorkflowStep {
  uses: string
  with?: Record<string, unknown>
}

/** The release in one job, as docs/workflows.md prints it. */
export const PRINTED =
  /## In one job[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/workflows.md'), 'utf8'))?.[1] ?? ''

/** Its steps that are Slipway's. */
const STEPS = (parse(PRINTED).jobs.release.steps as WorkflowStep[]).filter((each) => each.uses.startsWith('OWNER/'))

/** Variables that a job has on this machine, in addition to those of every job. */
export type JobEnv = Record<string, string>

/** Gives a checkout of an example, without its image unless that is asked for. */
export async function checkout(example: string, { image = false } = {}): Promise<string> {
  const cwd = join(temporaryFolder(), example)
  const filter = (path: string) => !/[\\/](target|dist|__pycache__)$/.test(path)
  cpSync(join(ROOT, 'examples', example), cwd, { recursive: true, filter })
  if (!image) for (const each of ['Dockerfile', 'docker-compose.yml']) rmSync(join(cwd, each), { force: true })
  writeFileSync(join(cwd, '.gitignore'), 'target/\ndist/\n')
  await commit(cwd)
  return cwd
}

/** Begins a new run's checkout: nothing that an earlier run built is in it. */
export function checkoutAgain(cwd: string): void {
  rmSync(join(cwd, 'dist'), { recursive: true, force: true })
}

function jobEnv(sandbox: Tested, env: JobEnv): JobEnv {
  return {
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_API_URL: sandbox.github.api,
    GITHUB_REF_TYPE: 'tag',
    GITHUB_REF_NAME: 'v0.1.0',
    DOCKER_CONFIG: temporaryFolder(),
    ...env,
  }
}

/** Runs the workflow's steps in their order until one fails. Gives the failed one, or null. */
export async function release(
  sandbox: Tested,
  cwd: string,
  env: JobEnv = {},
): Promise<{ name: string; step: Step } | null> {
  const secrets: Record<string, string> = {
    '${{ secrets.CARGO_REGISTRY_TOKEN }}': sandbox.cargo.token,
    '${{ secrets.PYPI_API_TOKEN }}': sandbox.pypi.token,
  }
  const around = { cwd, env: jobEnv(sandbox, env), token: sandbox.github.token }
  for (const { uses, with: given = {} } of STEPS) {
    const name = /actions\/([\w-]+)@/.exec(uses)?.[1] ?? 'plan'
    const inputs = Object.entries(given).map(([key, value]) => [key, secrets[String(value)] ?? String(value)])
    const step = await runAction(name, Object.fromEntries(inputs), around)
    if (step.code !== 0) return { name, step }
  }
  return null
}

/** What the action `report` says as a job's last step. */
export interface Reported {
  released: string[]
  pending: string[]
  receipts: Receipt[]
  summary: string
}

/** Runs the action `report`, which must succeed without a word of warning. */
export async function report(sandbox: Tested, cwd: string, env: JobEnv = {}): Promise<Reported> {
  const around = { cwd, env: jobEnv(sandbox, env), token: sandbox.github.token }
  const { code, annotations, outputs, summary } = await runAction('report', {}, around)
  expect([code, annotations]).toEqual([0, []])
  const read = (name: string) => JSON.parse(outputs[name] as string)
  return { released: read('released'), pending: read('pending'), receipts: read('receipts'), summary }
}

/** Expects that no service took the same thing twice. */
export async function expectNothingTwice(sandbox: Tested): Promise<void> {
  const taken = (await sandbox.steer.log()).filter((each) => each.upload && each.accepted)
  const effects = taken.flatMap((each) => (each.effect === null ? [] : [`${each.service} ${each.effect}`]))
  // Some registries accept again what they have.
  const manifests = taken.flatMap((each) => (/\/manifests\//.test(each.path) ? [`${each.service} ${each.path}`] : []))
  expect(effects.filter((each, at) => effects.indexOf(each) !== at || each.endsWith(' again'))).toEqual([])
  expect(manifests.filter((each, at) => manifests.indexOf(each) !== at)).toEqual([])
}
