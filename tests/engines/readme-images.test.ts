import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import type { Receipt } from '@slipway/core/receipt'
import { PUBLIC } from '@slipway/registries/endpoints'
import { changes, digestsOf } from '../bundle/push-image.ts'
import {
  checkout,
  checkoutAgain,
  expectNothingTwice,
  type JobEnv,
  type Reported,
  release,
  report,
} from '../bundle/readme.ts'
import { type Tested, temporaryFolder, tested, write } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { buildahBase, buildahEnv } from './harness.ts'

const test = needs('buildah', 'skopeo', 'SLIPWAY_TEST_BASE')
const dir = await mkdtemp(join(tmpdir(), 'slipway-r-'))
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Where the example's image goes, in the plan's order. */
const REPOSITORIES = { dockerhub: 'qdash/metatron-qso', ghcr: 'lashsesh/qdash' }
const [HUB, GHCR] = [`docker.io/${REPOSITORIES.dockerhub}`, `ghcr.io/${REPOSITORIES.ghcr}`] as const
const IMAGE = 'metatron-qso-0.1.0.oci'
const [VERSION, MINOR, LATEST] = ['metatron-qso:0.1.0', 'metatron-qso:0.1', 'metatron-qso:latest'] as const

const FILES = ['metatron_qso-0.1.0.whl', 'metatron_qso-0.1.0.tar.gz']
/** The state before the image is pushed: the report's lines, and its receipts. */
const OTHERS = {
  rows: [
    'GitHub | 📝 draft | complete; pending: v0.1.0 public | delete the release on its page; the tag of an immutable release is used up',
    'crates.io | ✅ published | is there | cannot be undone',
    'PyPI | ✅ published | 2 of 2 are there | cannot be undone',
  ],
  assets: [...FILES, 'metatron-qso-0.1.0.crate'].map((each) => `GitHub release v0.1.0: ${each}`),
  registries: ['crates.io: metatron-qso-0.1.0.crate', ...FILES.map((each) => `PyPI: ${each}`)],
}

const notOut = (name: string) => `${name} | ⬜ not published yet | nothing is there yet | `
const untagged = (name: string, ...tags: string[]) =>
  `${name} | 📝 draft | complete; pending: ${tags.join(', ')} | delete the image in the registry`
const out = (name: string) => `${name} | ✅ published | is there | delete the image in the registry`

/** A refusal at each place where push-image writes: the step's message, and the state of the images then. */
const WRITES = [
  {
    at: { service: 'dockerhub', method: 'POST', path: '/blobs/uploads' },
    says: `${HUB}: could not send ${IMAGE}`,
    // The other registry is served all the same.
    rows: [notOut(HUB), untagged(GHCR, VERSION, MINOR, LATEST)],
    receipts: [`${GHCR}: ${IMAGE}`],
  },
  {
    at: { service: 'dockerhub', method: 'PUT', path: '/manifests/sha256:' },
    says: `${HUB}: could not send ${IMAGE}`,
    rows: [notOut(HUB), untagged(GHCR, VERSION, MINOR, LATEST)],
    receipts: [`${GHCR}: ${IMAGE}`],
  },
  {
    at: { service: 'ghcr', method: 'PUT', path: '/manifests/0[.]1[.]0$' },
    says: `${GHCR}: could not move ${VERSION}`,
    rows: [untagged(HUB, MINOR, LATEST), untagged(GHCR, VERSION, MINOR, LATEST)],
    receipts: [`${HUB}: ${IMAGE}`, `${HUB}: ${VERSION}`, `${GHCR}: ${IMAGE}`],
  },
] as const

/** A sandbox in which, as in a job, one token is GitHub's and GHCR's. */
async function testedJob(): Promise<Tested> {
  const [folder, token] = [temporaryFolder(), 'ghs_of-the-job']
  write(folder, { 'services.json': JSON.stringify({ tokens: { github: token, ghcr: token } }) })
  return tested({ dir: folder })
}

/** A job whose engine is buildah, with what docker/login-action leaves of a login at Docker Hub. */
async function job({ dockerhub, ghcr }: Tested): Promise<JobEnv> {
  const buildah = await buildahEnv(join(dir, 'buildah'))
  await buildahBase(buildah)
  const auth = Buffer.from(`${dockerhub.username}:${dockerhub.password}`).toString('base64')
  const config = temporaryFolder()
  write(config, { 'config.json': JSON.stringify({ auths: { [PUBLIC.dockerhub.login]: { auth } } }) })
  const noDaemon = `unix://${join(dir, 'none')}`
  return { ...buildah, DOCKER_HOST: noDaemon, DOCKER_CONFIG: config, GITHUB_ACTOR: ghcr.username }
}

/** The summary's table without addresses, and the sentence below it. */
function told({ summary }: Reported): { rows: string[]; next: string | undefined } {
  const lines = summary.trim().split('\n')
  const rows = lines.flatMap((each) => /^\| (.*) \|$/.exec(each.replace(/\[(\w+)\]\(<\S+>\)/, '$1'))?.[1] ?? [])
  return { rows: rows.slice(2), next: lines.at(-1) }
}

/** Receipts as `WHERE: WHAT`, whatever the platform of the wheel. */
const named = (receipts: readonly Receipt[]) =>
  receipts.map(({ target, artifact }) => `${target}: ${artifact.replace(/-cp38-abi3-.*(?=\.whl$)/, '')}`)
const images = ({ receipts }: Reported) => receipts.filter((each) => each.publisher === 'oci')

test('the printed job releases metatron with its image, and converges after a failure at each write of it', async () => {
  const [cwd, sandbox] = [await checkout('metatron', { image: true }), await testedJob()]
  const env = await job(sandbox)
  const digests = new Set<string | null>()
  for (const { at, says, rows, receipts } of WRITES) {
    const fault = { kind: 'status', status: 422, body: '{"errors":[{"code":"DENIED","message":"no"}]}' } as const
    await sandbox.steer.setFault({ ...at, times: 99, fault })
    const failed = await release(sandbox, cwd, env)
    expect([failed?.name, failed?.step.stderr]).toEqual(['push-image', ''])
    expect(failed?.step.annotations.map((each) => each.message)).toEqual([
      `${says}: HTTP 422: no\nFix what the registry reports, then run the release again.\nSee docs/problems/remote-refused.md`,
    ])
    await sandbox.steer.clearFaults()

    const reported = await report(sandbox, cwd, env)
    expect(reported).toMatchObject({ released: ['crates.io', 'PyPI'], pending: [HUB, GHCR, 'GitHub'] })
    expect(told(reported)).toEqual({
      rows: [...rows, ...OTHERS.rows],
      next: `Still to do: ${HUB}, ${GHCR}, GitHub. Run the workflow again: it continues where it stopped and sends nothing twice.`,
    })
    expect(named(reported.receipts)).toEqual([...receipts, ...OTHERS.assets, ...OTHERS.registries])
    for (const each of images(reported)) digests.add(each.digest)
    checkoutAgain(cwd)
  }

  expect(await release(sandbox, cwd, env)).toBeNull()
  const reported = await report(sandbox, cwd, env)
  expect(reported).toMatchObject({ released: [HUB, GHCR, 'GitHub', 'crates.io', 'PyPI'], pending: [] })
  expect(told(reported)).toMatchObject({
    rows: [out(HUB), out(GHCR), expect.stringMatching(/^GitHub \| ✅ published /), ...OTHERS.rows.slice(1)],
    next: 'The release is published everywhere.',
  })
  const everything = [HUB, GHCR].flatMap((name) => [IMAGE, VERSION, MINOR, LATEST].map((each) => `${name}: ${each}`))
  expect(named(reported.receipts)).toEqual([
    ...everything,
    ...OTHERS.assets,
    'GitHub release v0.1.0: v0.1.0 public',
    ...OTHERS.registries,
  ])

  // One image, from the first failure on, in both registries and under every tag.
  for (const each of images(reported)) digests.add(each.digest)
  const [digest, ...others] = digests
  expect(others).toEqual([])
  for (const tag of ['0.1.0', '0.1', 'latest'])
    expect(await digestsOf(sandbox, tag, REPOSITORIES)).toEqual([digest, digest])
  const { dockerhub, ghcr } = REPOSITORIES
  const made = (await changes(sandbox)).filter((each) => /^(manifest|tag) /.test(each) && !each.startsWith('tag v'))
  // The registries are served side by side, each kind of change at both before the next.
  const pairs = [made.slice(0, 2), made.slice(2, 4), made.slice(4, 6), made.slice(6)].map((each) => each.sort())
  expect(pairs).toEqual([
    [ghcr, dockerhub].map((each) => `manifest ${digest} in ${each}`),
    ...['0.1.0', '0.1', 'latest'].map((tag) => [ghcr, dockerhub].map((each) => `tag ${each}:${tag} -> ${digest}`)),
  ])
  await expectNothingTwice(sandbox)
})
