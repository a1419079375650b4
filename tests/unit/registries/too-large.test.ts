import { expect, test } from '@jest/globals'
import type { Artifact, ArtifactKind } from '@slipway/core/artifact'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { PyPIPublisher } from '@slipway/registries/pypi/publisher'
import { otherIndex } from '@slipway/release/publish/publish-files'
import { answeredBy } from './http.ts'

const MIB = 2 ** 20

function artifact(kind: ArtifactKind, filename: string, size: number): Artifact {
  return { kind, project: 'demo', version: '1.0.0', filename, path: '', size, sha256: '' }
}

/** Returns a publisher's problems with two files, before it sends any request. */
async function problemsOf(
  remote: 'crates.io' | 'other crates' | 'PyPI' | 'other index',
  size: number,
  token: string | null,
) {
  const ports = answeredBy(() => new Error('asked'))
  const isCrates = remote.endsWith('crates') || remote === 'crates.io'
  const crates = { name: remote, isCratesIo: remote === 'crates.io', index: '', web: null, token }
  const other = otherIndex('https://index.example.invalid/legacy/', undefined)
  const index = remote === 'PyPI' ? { ...other, name: 'PyPI', isPyPI: true } : other
  const publisher = isCrates
    ? new CratesPublisher(ports, crates)
    : new PyPIPublisher(ports, { ...index, username: '', token })
  const [kind, name] = isCrates ? (['crate', 'demo-1.0.0.crate'] as const) : (['wheel', 'demo.whl'] as const)
  const problems = await publisher.verify([artifact(kind, name, size), artifact(kind, 'small', 1)])
  expect(ports.heard).toEqual([])
  return problems.map((each) => ({ code: `${each.severity} ${each.code}`, message: each.message }))
}

test.each([
  [
    'crates.io',
    10 * MIB + 1,
    'warning crate-too-large',
    /^demo-1\.0\.0\.crate is 10\.0 MiB\. crates\.io refuses .* 10\.0 MiB/,
  ],
  ['PyPI', 120.5 * MIB, 'warning distribution-too-large', /^demo\.whl is 120\.5 MiB\. PyPI refuses .* 100\.0 MiB/],
] as const)('a file above the limit of %s is a warning', async (remote, size, code, message) => {
  expect(await problemsOf(remote, size, 'token')).toEqual([{ code, message: expect.stringMatching(message) }])
  const codes = (await problemsOf(remote, size, null)).map((each) => each.code)
  expect(codes).toEqual([code, 'error token-missing'])
})

test.each([
  ['crates.io', 10 * MIB],
  ['other crates', 11 * MIB],
  ['PyPI', 100 * MIB],
  ['other index', 101 * MIB],
] as const)('%s is not known to refuse %d bytes', async (remote, size) => {
  expect(await problemsOf(remote, size, 'token')).toEqual([])
})
