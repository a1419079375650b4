import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { descriptionFile } from '@slipway/sandbox/description'
import { parse } from 'yaml'
import { ROOT } from '../rehearsal/example.ts'
import { type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'
import { commit } from './project.ts'

interface WorkflowStep {
  uses: string
  with?: Record<string, unknown>
}

/** The workflow that README prints, and its steps that are Slipway's. */
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const PRINTED = /```yaml\n([\s\S]*?)```/.exec(README)?.[1] ?? ''
const STEPS = (parse(PRINTED).jobs.release.steps as WorkflowStep[]).filter((each) => each.uses.startsWith('OWNER/'))

/** A checkout of an example. Its image is tried where an engine and its base image are: in tests/rehearsal/images.test.ts. */
async function checkout(example: string): Promise<string> {
  const cwd = join(temporaryFolder(), example)
  const filter = (path: string) => !/[\\/](target|dist|__pycache__)$/.test(path)
  cpSync(join(ROOT, 'examples', example), cwd, { recursive: true, filter })
  for (const each of ['Dockerfile', 'docker-compose.yml']) rmSync(join(cwd, each), { force: true })
  writeFileSync(join(cwd, '.gitignore'), 'target/\ndist/\n')
  await commit(cwd)
  return cwd
}

/** Runs the workflow's steps in their order until one fails. Gives the failed one, or null. */
async function release(sandbox: Tested, cwd: string): Promise<{ name: string; step: Step } | null> {
  const secrets: Record<string, string> = {
    '${{ secrets.CARGO_REGISTRY_TOKEN }}': sandbox.cargo.token,
    '${{ secrets.PYPI_API_TOKEN }}': sandbox.pypi.token,
  }
  const env = {
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_API_URL: sandbox.github.api,
    GITHUB_REF_TYPE: 'tag',
    GITHUB_REF_NAME: 'v0.1.0',
    DOCKER_CONFIG: temporaryFolder(),
  }
  for (const { uses, with: given = {} } of STEPS) {
    const name = /actions\/([\w-]+)@/.exec(uses)?.[1] ?? 'plan'
    const inputs = Object.entries(given).map(([key, value]) => [key, secrets[String(value)] ?? String(value)])
    const step = await runAction(name, Object.fromEntries(inputs), { cwd, env, token: sandbox.github.token })
    if (step.code !== 0) return { name, step }
  }
  return null
}

async function report(sandbox: Tested, cwd: string) {
  const env = { SLIPWAY_SANDBOX: descriptionFile(sandbox.dir), GITHUB_API_URL: sandbox.github.api }
  const step = await runAction('report', {}, { cwd, env, token: sandbox.github.token })
  return { released: JSON.parse(step.outputs.released as string), pending: JSON.parse(step.outputs.pending as string) }
}

/** A refusal that no waiting helps against, at each place where the release writes. */
const WRITES = [
  ['create-release', 'uploads', 'POST', 'assets'],
  ['publish-crate', 'cargo', 'PUT', 'crates/new'],
  ['publish-pypi', 'pypi', 'POST', 'legacy'],
  ['create-release', 'github', 'PATCH', 'releases'],
] as const

test.each([
  ['metatron', ['GitHub', 'crates.io', 'PyPI'], WRITES],
  ['nuster', ['GitHub', 'PyPI'], WRITES.filter(([name]) => name !== 'publish-crate')],
])('README’s workflow releases %s, and converges after a failure at each write', async (example, all, writes) => {
  const [cwd, sandbox] = [await checkout(example), await tested({ cargoUpstream: null })]
  for (const [name, service, method, path] of writes) {
    // A login check of PyPI is a form without a file: the upload is what comes after those.
    const fault = { kind: 'status', status: 422, body: '{"message":"no","errors":[{"detail":"no"}]}' } as const
    await sandbox.steer.setFault({ service, method, path, times: 99, skip: service === 'pypi' ? 2 : 0, fault })
    const failed = await release(sandbox, cwd)
    expect([failed?.name, failed?.step.stderr]).toEqual([name, ''])
    await sandbox.steer.clearFaults()
    const { pending } = await report(sandbox, cwd)
    expect(pending).toContain('GitHub')
    // A new run begins with an empty checkout.
    rmSync(join(cwd, 'dist'), { recursive: true, force: true })
  }
  expect(await release(sandbox, cwd)).toBeNull()
  expect(await report(sandbox, cwd)).toEqual({ released: all, pending: [] })
  const taken = (await sandbox.steer.log()).filter((each) => each.upload && each.accepted && each.effect)
  const effects = taken.map((each) => `${each.service} ${each.effect}`)
  expect(new Set(effects).size).toBe(effects.length)
})

test('README’s workflow has 25 lines at most', () => {
  expect(PRINTED.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
})
