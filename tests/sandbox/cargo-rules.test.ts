import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { publishBody } from './crate-request.ts'
import { makeTarball, type Tested, tested } from './harness.ts'

/** Publishes a generated crate; `metadata` and `manifest` override its content. Returns status and error message. */
async function publish(
  sandbox: Tested,
  metadata: Record<string, unknown>,
  more: { manifest?: string; top?: string; token?: string | null; files?: Record<string, string>; damaged?: true } = {},
): Promise<[number, string]> {
  const whole = { name: 'made', vers: '1.0.0', deps: [], features: {}, description: 'd', license: 'MIT', ...metadata }
  const manifest = more.manifest ?? `[package]\nname = "${whole.name}"\nversion = "${whole.vers}"\n`
  const made = makeTarball(more.top ?? `${whole.name}-${whole.vers}`, { 'Cargo.toml': manifest, ...more.files })
  const crate = more.damaged ? gzipSync(gunzipSync(made).fill('x', 150, 152)) : made
  const response = await fetch(`${sandbox.cargo.api}/api/v1/crates/new`, {
    method: 'PUT',
    headers: more.token === null ? {} : { authorization: more.token ?? sandbox.cargo.token },
    body: new Uint8Array(publishBody(whole, crate)),
  })
  const answer = (await response.json()) as { errors?: { detail: string }[]; warnings?: object }
  if (response.ok) expect(answer.warnings).toEqual({ invalid_categories: [], invalid_badges: [], other: [] })
  return [response.status, answer.errors?.[0]?.detail ?? '']
}

const dependency = {
  version_req: '^1',
  features: [],
  optional: false,
  default_features: true,
  target: null,
  kind: 'normal',
}

test('invalid crates are refused with the messages of crates.io, without effect', async () => {
  const sandbox = await tested()
  const cases: [Record<string, unknown>, Parameters<typeof publish>[2], number, string][] = [
    [{}, { token: null }, 403, 'this action requires authentication'],
    [{}, { token: 'ciowrong' }, 403, 'authentication failed'],
    [{}, { token: 'wrong' }, 401, 'The given API token does not match the format used by crates.io.'],
    [{ description: '' }, {}, 400, 'missing or empty metadata fields: description. '],
    [{ license: null, description: null }, {}, 400, 'missing or empty metadata fields: description, license. '],
    [{ name: '9made' }, {}, 400, 'invalid character or length in crate name: `9made`'],
    [{ vers: '1.0' }, {}, 400, '"1.0" is an invalid semver version'],
    [
      { deps: [{ ...dependency, name: 'a', version_req: '*' }] },
      {},
      400,
      'wildcard (`*`) dependency constraints are not',
    ],
    [
      { deps: [{ ...dependency, name: 'a', registry: 'https://other.invalid/index' }] },
      {},
      400,
      'Dependency `a` is hosted on',
    ],
    [
      {},
      { damaged: true },
      400,
      'uploaded tarball is malformed or too large when decompressed: a tar header is damaged',
    ],
    [{}, { top: 'made-1.0.1' }, 400, 'invalid path found: made-1.0.1/Cargo.toml'],
    [{}, { files: { '../x': '' } }, 400, 'invalid path found: '],
    [
      {},
      { manifest: '[package]\nname = "other"\nversion = "1.0.0"\n' },
      400,
      'metadata name `made` does not match manifest name `other`',
    ],
    [
      {},
      { manifest: '[package]\nname = "made"\nversion = "2.0.0"\n' },
      400,
      'metadata version `1.0.0` does not match manifest version `2.0.0`',
    ],
    [{}, { manifest: '[package' }, 400, 'failed to parse `Cargo.toml` manifest file'],
  ]
  for (const [metadata, more, status, words] of cases) {
    const [got, message] = await publish(sandbox, metadata, more)
    expect([got, message.slice(0, words.length)]).toEqual([status, words])
  }
  const log = await sandbox.steer.log()
  expect(log.map((each) => [each.upload, each.accepted, each.effect])).toEqual(cases.map(() => [true, false, null]))
  expect(log.every((each) => each.bodyBytes > 100)).toBe(true)
  expect((await fetch(`${sandbox.cargo.api}/index/ma/de/made`)).status).toBe(404)
})

test('a version is published once; names that differ in case, - or _ are the same', async () => {
  const sandbox = await tested()
  expect(await publish(sandbox, { name: 'Two-words' })).toEqual([200, ''])
  expect(await publish(sandbox, { name: 'Two-words' })).toEqual([400, 'crate version `1.0.0` is already uploaded'])
  expect(await publish(sandbox, { name: 'Two-words', vers: '1.0.0+build' })).toEqual([
    400,
    'crate version `1.0.0` is already uploaded',
  ])
  expect(await publish(sandbox, { name: 'two_words', vers: '1.1.0' })).toEqual([
    400,
    'crate was previously named `Two-words`',
  ])
  expect(await publish(sandbox, { name: 'Two-words', vers: '1.1.0' })).toEqual([200, ''])
  const show = await (await fetch(`${sandbox.cargo.api}/api/v1/crates/Two-words`)).json()
  expect(show).toMatchObject({
    crate: { name: 'Two-words', newest_version: '1.1.0' },
    versions: [{ num: '1.1.0' }, { num: '1.0.0' }],
  })
  const absent = await fetch(`${sandbox.cargo.api}/api/v1/crates/Two-words/3.0.0`)
  expect([absent.status, await absent.json()]).toEqual([404, { errors: [{ detail: 'Not Found' }] }])
})

test('the list of crates has those of the exact names, ten unless more are asked for', async () => {
  const sandbox = await tested()
  const names = Array.from({ length: 12 }, (_, n) => `listed-${n}`)
  for (const name of names) await sandbox.steer.reserveCrate(name)
  const list = async (query: string) => {
    const response = await fetch(`${sandbox.cargo.api}/api/v1/crates?${query}`)
    return { status: response.status, body: (await response.json()) as { crates: { name: string }[] } }
  }
  const ids = (...all: string[]) => all.map((each) => `ids[]=${each}`).join('&')
  const found = async (query: string) => (await list(query)).body.crates.map((each) => each.name)
  expect(await found(ids('listed-1', 'listed-0', 'missing', 'listed_2', 'Listed-3'))).toEqual(['listed-0', 'listed-1'])
  expect((await found(ids(...names))).length).toBe(10)
  expect((await found(`per_page=100&${ids(...names)}`)).length).toBe(12)
  expect(await list('per_page=101')).toEqual({
    status: 400,
    body: { errors: [{ detail: 'cannot request more than 100 items' }] },
  })
  expect((await list(ids('listed-1'))).body.crates).toMatchObject([{ newest_version: '0.0.0', trustpub_only: false }])
})

test('an index line renames dependencies for cargo and separates new features', async () => {
  const sandbox = await tested()
  await publish(sandbox, {
    deps: [
      { ...dependency, name: 'real', explicit_name_in_toml: 'alias', optional: true },
      { ...dependency, name: 'core', registry: 'https://host.invalid/some/crates.io-index' },
    ],
    features: { old: ['alias'], new: ['dep:alias'] },
    rust_version: '1.85',
    links: 'z',
  })
  const line = (await (await fetch(`${sandbox.cargo.api}/index/ma/de/made`)).json()) as { deps: object[] }
  expect(line).toMatchObject({
    deps: [{ name: 'alias', package: 'real', req: '^1' }, { name: 'core' }],
    features: { old: ['alias'] },
    features2: { new: ['dep:alias'] },
    v: 2,
    rust_version: '1.85',
    links: 'z',
    yanked: false,
  })
  expect(line.deps[1]).not.toHaveProperty('registry')
})

test('an upstream that does not answer is an error, not an empty index', async () => {
  const sandbox = await tested({ cargoUpstream: 'sparse+http://127.0.0.1:1/' })
  const index = await fetch(`${sandbox.cargo.api}/index/it/oa/itoa`)
  expect([index.status, await index.text()]).toEqual([502, expect.stringContaining('does not answer')])
  expect((await fetch(`${sandbox.cargo.api}/dl/itoa/1.0.0/download`, { redirect: 'manual' })).status).toBe(502)
})

test('an upstream failure is reported but not cached; the download template is filled', async () => {
  const below = await tested()
  await publish(below, { name: 'Long-name' })
  // A fault in a second sandbox simulates the upstream's config.json.
  const dl = 'http://host.invalid/{prefix}/{lowerprefix}/{crate}-{version}.crate?{sha256-checksum}'
  await below.steer.setFault({
    service: 'cargo',
    method: 'GET',
    path: 'config.json$',
    times: 1,
    fault: { kind: 'status', status: 200, body: JSON.stringify({ dl }) },
  })
  const above = await tested({ cargoUpstream: below.cargo.index })
  await below.steer.setFault({
    service: 'cargo',
    method: 'GET',
    path: 'long-name$',
    times: 1,
    fault: { kind: 'status', status: 503 },
  })
  expect((await fetch(`${above.cargo.api}/index/lo/ng/long-name`)).status).toBe(502)
  const { cksum } = (await (await fetch(`${above.cargo.api}/index/lo/ng/long-name`)).json()) as { cksum: string }
  const answer = await fetch(`${above.cargo.api}/dl/Long-name/1.0.0/download`, { redirect: 'manual' })
  expect(answer.headers.get('location')).toBe(`http://host.invalid/Lo/ng/lo/ng/Long-name-1.0.0.crate?${cksum}`)
})
