import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { publishVersion } from './crate-request.ts'
import { run, type Tested, temporaryFolder, tested, write } from './harness.ts'
import { exchange, idToken, workflow } from './trusted.ts'

const temporary = async (sandbox: Tested) => (await exchange(sandbox, await idToken(sandbox, 'crates.io'))).token

/** Returns a crate from the Web API. */
async function shown(sandbox: Tested, name: string): Promise<{ crate?: object; versions?: object[] }> {
  return (await (await fetch(`${sandbox.cargo.api}/api/v1/crates/${name}`)).json()) as object
}

test('a temporary token publishes new versions of its crates and nothing else', async () => {
  const sandbox = await tested()
  for (const name of ['made', 'second', 'foreign']) await sandbox.steer.reserveCrate(name)
  await sandbox.steer.setCargoPublishers(['made', 'second'].map((crate) => ({ crate, ...workflow })))
  const token = await temporary(sandbox)
  const publish = (name: string, version: string, authorization = `Bearer ${token}`) =>
    publishVersion(sandbox, name, version, authorization)
  expect(await publish('made', '1.0.0')).toMatchObject({ status: 200 })
  expect(await publish('second', '1.0.0', token)).toMatchObject({ status: 200 })
  expect(await publish('made', '1.0.0')).toMatchObject({
    status: 400,
    words: 'crate version `1.0.0` is already uploaded',
  })
  expect(await publish('foreign', '1.0.0')).toMatchObject({
    status: 403,
    words: 'The provided access token is not valid for crate `foreign`',
  })
  expect(await publish('first', '1.0.0')).toMatchObject({
    status: 403,
    words: 'Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first',
  })
  expect(await publish('made', '1.1.0', `Bearer ${token}x`)).toMatchObject({
    status: 401,
    words: 'Invalid `Authorization` header: Failed to parse token',
  })
  const other = await tested()
  await other.steer.reserveCrate('made')
  await other.steer.setCargoPublishers([{ crate: 'made', ...workflow }])
  const unknown = { status: 403, words: 'Invalid authentication token' }
  expect(await publish('made', '1.1.0', await temporary(other))).toMatchObject(unknown)
  await sandbox.steer.setTokenLifetime('cargo', 0)
  expect(await publish('made', '1.1.0', await temporary(sandbox))).toMatchObject(unknown)
  const yank = await fetch(`${sandbox.cargo.api}/api/v1/crates/made/1.0.0/yank`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  expect([yank.status, await yank.json()]).toEqual([403, { errors: [{ detail: 'authentication failed' }] }])
})

test('a crate is reserved once, with a version 0.0.0', async () => {
  const sandbox = await tested()
  await sandbox.steer.reserveCrate('made-up')
  const line = (await (await fetch(`${sandbox.cargo.api}/index/ma/de/made-up`)).json()) as object
  expect(line).toMatchObject({ name: 'made-up', vers: '0.0.0', yanked: false })
  await expect(sandbox.steer.reserveCrate('made_up')).rejects.toThrow('Crate made_up already exists.')
  await expect(sandbox.steer.reserveCrate('9made')).rejects.toThrow('9made is not a valid crate name.')
})

test('a crate can refuse API tokens, and its page shows it', async () => {
  const sandbox = await tested()
  const { token } = sandbox.cargo
  await sandbox.steer.setTrustpubOnly('made', true)
  // The setting has no effect before the crate exists.
  expect(await publishVersion(sandbox, 'made', '1.0.0', token)).toMatchObject({ status: 200 })
  expect(await shown(sandbox, 'made')).toMatchObject({ crate: { name: 'made', trustpub_only: true } })
  expect(await publishVersion(sandbox, 'made', '1.0.1', token)).toMatchObject({
    status: 403,
    words: expect.stringMatching(/^New versions of this crate can only be published using Trusted Publishing/),
  })
  await sandbox.steer.setCargoPublishers([{ crate: 'made', ...workflow }])
  expect(await publishVersion(sandbox, 'made', '1.0.1', await temporary(sandbox))).toMatchObject({ status: 200 })
  await sandbox.steer.setTrustpubOnly('made', false)
  expect(await shown(sandbox, 'made')).toMatchObject({ crate: { trustpub_only: false } })
  expect(await publishVersion(sandbox, 'made', '1.0.2', token)).toMatchObject({ status: 200 })
})

test('crates of the upstream count as existing', async () => {
  const below = await tested()
  await publishVersion(below, 'below', '1.0.0', below.cargo.token)
  const sandbox = await tested({ cargoUpstream: below.cargo.index })
  expect(await shown(sandbox, 'below')).toMatchObject({
    crate: { name: 'below', newest_version: '1.0.0', trustpub_only: false },
    versions: [{ num: '1.0.0' }],
  })
  expect((await fetch(`${sandbox.cargo.api}/api/v1/crates/below/1.0.0`)).status).toBe(200)
  expect((await fetch(`${sandbox.cargo.api}/api/v1/crates/below/1.0.1`)).status).toBe(404)
  expect((await fetch(`${sandbox.cargo.api}/api/v1/crates/neither`)).status).toBe(404)
  const list = await fetch(`${sandbox.cargo.api}/api/v1/crates?ids[]=below&ids[]=neither`)
  expect(await list.json()).toMatchObject({ crates: [{ name: 'below', newest_version: '1.0.0' }], meta: { total: 1 } })
  await sandbox.steer.setTrustpubOnly('below', true)
  expect(await publishVersion(sandbox, 'below', '1.0.1', sandbox.cargo.token)).toMatchObject({ status: 403 })
  await sandbox.steer.setCargoPublishers([{ crate: 'below', ...workflow }])
  expect(await publishVersion(sandbox, 'below', '1.0.1', await temporary(sandbox))).toMatchObject({ status: 200 })
})

test('rate limits, when switched on, allow a user five new crates and thirty versions', async () => {
  const sandbox = await tested()
  const { token } = sandbox.cargo
  const statuses = async (names: string[], versions: string[]) => {
    const all: number[] = []
    for (const name of names) {
      for (const each of versions) all.push((await publishVersion(sandbox, name, each, token)).status)
    }
    return all
  }
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => index)
  expect(
    new Set(
      await statuses(
        ['free'],
        numbered(7).map((each) => `1.0.${each}`),
      ),
    ),
  ).toEqual(new Set([200]))
  await sandbox.steer.setCargoLimits(true)
  expect(
    await statuses(
      numbered(6).map((each) => `new${each}`),
      ['1.0.0'],
    ),
  ).toEqual([200, 200, 200, 200, 200, 429])
  const before = Date.now()
  const { words, retryAfter } = await publishVersion(sandbox, 'new6', '1.0.0', token)
  expect(words).toBe(
    `You have published too many new crates in a short period of time. Please try again after ${retryAfter} and see the page on rate limits for more details.`,
  )
  expect(retryAfter).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
  const wait = new Date(retryAfter ?? '').getTime() - before
  expect([wait > 8 * 60_000, wait <= 10 * 60_000]).toEqual([true, true])

  expect(
    new Set(
      await statuses(
        ['free'],
        numbered(30).map((each) => `2.0.${each}`),
      ),
    ),
  ).toEqual(new Set([200]))
  expect(await publishVersion(sandbox, 'free', '3.0.0', token)).toMatchObject({
    status: 429,
    words: expect.stringMatching(
      /^You have published too many updates to existing crates in a short period of time\. /,
    ),
  })
  await sandbox.steer.setCargoPublishers([{ crate: 'free', ...workflow }])
  expect(await publishVersion(sandbox, 'free', '3.0.0', await temporary(sandbox))).toMatchObject({ status: 200 })
  await sandbox.steer.setCargoLimits(false)
  expect(await publishVersion(sandbox, 'free', '3.0.1', token)).toMatchObject({ status: 200 })
})

test('cargo publishes with a temporary token, and shows the reason for a refusal', async () => {
  const sandbox = await tested()
  await sandbox.steer.reserveCrate('slipway-probe')
  await sandbox.steer.setCargoPublishers([{ crate: 'slipway-probe', ...workflow }])
  const dir = temporaryFolder()
  write(dir, {
    '.cargo/config.toml': `[source.crates-io]\nreplace-with = "sbx"\n[registries.sbx]\nindex = "${sandbox.cargo.index}"\n`,
    'Cargo.toml':
      '[package]\nname = "slipway-probe"\nversion = "0.1.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n',
    'src/lib.rs': '',
  })
  const publish = (token: string) =>
    run(['cargo', 'publish', '--registry', 'sbx', '--allow-dirty', '--no-verify'], {
      cwd: dir,
      env: { CARGO_HOME: join(dir, 'cargo-home'), CARGO_REGISTRIES_SBX_TOKEN: token, CARGO_TERM_COLOR: 'never' },
    })
  await sandbox.steer.setTokenLifetime('cargo', 0)
  const expired = await publish(await temporary(sandbox))
  expect([expired.code, expired.stderr]).toEqual([101, expect.stringContaining('Invalid authentication token')])
  await sandbox.steer.setTokenLifetime('cargo', 1_800_000)
  expect(await publish(await temporary(sandbox))).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Published slipway-probe v0.1.0'),
  })
})
