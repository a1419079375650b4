import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type Sandbox, startSandbox } from '@slipway/sandbox/start'
import { writeImage } from '../contract/image.ts'
import { artifactsIn, ENTRY, rehearsedExample, remove, runNode } from './example.ts'
import { acceptances, recordSandbox, type Strike } from './recorder.ts'
import { chosenKills, sample } from './sample.ts'

const built = await rehearsedExample()
const artifacts = await artifactsIn(built.state)
const planFile = join(built.state, 'plan.json')
// One registry: what follows for the next is the same (the contract's cases are for two).
const plan = {
  ...built.report.plan,
  images: built.report.plan.images.filter(({ name }) => name.startsWith('ghcr.io/')),
}
await writeFile(planFile, JSON.stringify(plan))
afterAll(() => remove(built.state))

// One that is written here: this goes where no engine is, and what is in it does not matter.
const image = await writeImage(join(built.state, 'image'), 'qdash', ['layer'])
const imageFile = join(built.state, 'image.json')
await writeFile(imageFile, JSON.stringify({ ...image, version: '0.1.0' }))

/** Every file of the release at each of its destinations, and every part and tag of its image. */
const EXPECTED = Object.fromEntries(
  [
    ...built.report.receipts
      .filter((each) => each.status === 'published' && each.publisher !== 'oci')
      .map(({ target, artifact }) => {
        const service = { 'crates.io': 'cargo', PyPI: 'pypi', 'Test PyPI': 'testpypi' }[target] ?? 'uploads'
        return `${service} ${artifact}`
      }),
    ...(await partsOf(image)).map((each) => `ghcr ${each}`),
  ].map((each) => [each, 1]),
)

async function partsOf({ path }: Artifact): Promise<string[]> {
  const { blobs, manifests } = await readLayout(path)
  return [...[...blobs, ...manifests].map((each) => each.digest), '0.1.0', '0.1', 'latest']
}

/** One publishing, struck once, and one more until its end. */
async function strike(at: Omit<Strike, 'act'> | null, whole: 'parent' | 'group') {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-kill-'))
  let sandbox: Sandbox | null = await startSandbox({ dir, cargoUpstream: null })
  const recorder = await recordSandbox(sandbox.description)
  const file = join(dir, 'recorder.json')
  await writeFile(file, JSON.stringify(recorder.description))
  if (whole === 'group') {
    // From here on it is a child of what is killed, at the same ports.
    await sandbox.close()
    sandbox = null
  }
  let group = 0
  const run = () => {
    const driver = join(import.meta.dirname, 'publishing.ts')
    return runNode([driver, artifacts, imageFile, planFile, dir, file, ENTRY], (pid) => {
      group = pid
    })
  }
  try {
    let struck = false
    const act = () => {
      struck = true
      process.kill(whole === 'group' ? -group : group, 'SIGKILL')
    }
    recorder.strike(at && { ...at, act })
    const first = await run()
    recorder.strike(null)
    const last = at ? await run() : first
    return { struck, first, last, counts: acceptances(recorder.passed), requests: recorder.passed.length }
  } finally {
    try {
      process.kill(-group, 'SIGTERM')
    } catch {
      // Nothing of the group is left.
    }
    await recorder.close()
    await sandbox?.close()
    await remove(dir)
  }
}

const whole = await strike(null, 'parent')

test('without a kill every file is accepted once', () => {
  expect(whole.first).toMatchObject({ code: 0, stderr: '' })
  expect(whole.counts).toEqual(EXPECTED)
  expect(whole.requests).toBeGreaterThan(20)
})

const kills = (['parent', 'group'] as const).flatMap((who) =>
  Array.from({ length: whole.requests }, (_, n) =>
    (['before', 'after'] as const).map((when) => ({ who, n, when })),
  ).flat(),
)
const chosen = chosenKills(process.env)
const drawn = chosen === 'all' ? kills : sample(kills, chosen.seed)
const by = chosen === 'all' ? 'all' : `SLIPWAY_KILL_SEED=${chosen.seed}`
process.stderr.write(`kills: ${drawn.length} of ${kills.length} (${by})\n`)

// A test that fails is repeated by the seed in its name.
describe(`kills (${by})`, () => {
  test.each(drawn)(
    'SIGKILL of the $who $when request $n took effect: the next run finishes, no file is accepted twice',
    async ({ who, n, when }) => {
      const { struck, first, last, counts } = await strike({ n, when }, who)
      expect({ struck, killed: first.code }).toEqual({ struck: true, killed: null })
      expect(last).toMatchObject({ code: 0, stderr: '' })
      expect(counts).toEqual(EXPECTED)
    },
  )
})
