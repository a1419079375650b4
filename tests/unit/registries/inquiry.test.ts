import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Http } from '@slipway/core/ports'
import { gently } from '@slipway/registries/inquiry'
import { planRelease } from '@slipway/release/plan/plan'
import { descriptionFile } from '@slipway/sandbox/description'
import { openBench } from '../../contract/sandbox.ts'
import { METADATA, plant } from '../trees.ts'

const bench = await openBench()
afterAll(() => bench.close())

const MANY = 33
const AT_ONCE = 5

/** Returns an HTTP port around `http` that counts concurrent requests. */
function counted(http: Http) {
  const seen = { all: 0, now: 0, most: 0 }
  const port: Http = async (request) => {
    seen.all += 1
    seen.now += 1
    seen.most = Math.max(seen.most, seen.now)
    try {
      return await http(request)
    } finally {
      seen.now -= 1
    }
  }
  return { port, seen }
}

const answered: Http = async () => {
  await setTimeout(2)
  return { status: 200, headers: {}, body: new Uint8Array() }
}
const request = (n: number) => ({ method: 'GET' as const, url: `http://127.0.0.1/${n}` })

test('five requests run at a time, in order, until all are answered', async () => {
  const urls: string[] = []
  const { port, seen } = counted(answered)
  const http = gently((each) => {
    urls.push(each.url)
    return port(each)
  })
  await Promise.all(Array.from({ length: MANY }, (_, n) => http(request(n))))
  expect(seen).toEqual({ all: MANY, now: 0, most: AT_ONCE })
  expect(urls).toEqual(Array.from({ length: MANY }, (_, n) => request(n).url))
  // A second round shows that every slot is free again.
  await Promise.all(Array.from({ length: MANY }, (_, n) => http(request(MANY + n))))
  expect(seen).toEqual({ all: 2 * MANY, now: 0, most: AT_ONCE })
})

test('a failed request frees its slot', async () => {
  const { port, seen } = counted(async (each) => {
    if (!each.url.endsWith('0')) throw new Error('broken off')
    return answered(each)
  })
  const http = gently(port)
  const ended = await Promise.allSettled(Array.from({ length: MANY }, (_, n) => http(request(n))))
  expect(ended.filter((each) => each.status === 'fulfilled').length).toBe(4)
  expect(seen).toEqual({ all: MANY, now: 0, most: AT_ONCE })
})

test('a waiting request is not sent, so its time-out does not run', async () => {
  let answer = (): void => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { port, seen } = counted(async (each) => {
    await held
    return answered(each)
  })
  const http = gently(port)
  const all = Promise.all(Array.from({ length: AT_ONCE + 1 }, (_, n) => http(request(n))))
  await setTimeout(20)
  expect(seen).toEqual({ all: AT_ONCE, now: AT_ONCE, most: AT_ONCE })
  answer()
  await all
  expect(seen).toEqual({ all: AT_ONCE + 1, now: 0, most: AT_ONCE })
})

test('a query that several checks send is sent once', async () => {
  const { port, seen } = counted(answered)
  const http = gently(port)
  const [first, second] = await Promise.all([http(request(1)), http(request(1))])
  expect([await http(request(1)), second]).toEqual([first, first])
  expect(seen.all).toBe(1)
})

test.each([
  ['another address', {}, { url: 'http://127.0.0.1/2' }],
  ['another login', { headers: { authorization: 'a' } }, { headers: { authorization: 'b' } }],
  ['a request that is no query', { method: 'POST' }, { method: 'POST' }],
])('%s is sent too', async (_, one, other) => {
  const { port, seen } = counted(answered)
  const http = gently(port)
  await http({ ...request(1), ...one })
  await http({ ...request(1), ...other })
  expect(seen.all).toBe(2)
})

test.each([
  [429, 2],
  [503, 2],
  [403, 2],
  [404, 1],
  [200, 1],
])('a query that was answered with %s and is repeated is sent %s times', async (status, times) => {
  const { port, seen } = counted(async () => ({ status, headers: {}, body: new Uint8Array() }))
  const http = gently(port)
  await http(request(1))
  await http(request(1))
  expect(seen.all).toBe(times)
})

test('a query without an answer is sent again', async () => {
  const { port, seen } = counted(async () => Promise.reject(new Error('broken off')))
  const http = gently(port)
  await expect(http(request(1))).rejects.toThrow('broken off')
  await expect(http(request(1))).rejects.toThrow('broken off')
  expect(seen.all).toBe(2)
})

/** Plans crates with these names, and returns the plan, its requests by kind, and how many were sent at once. */
async function planOf(names: readonly string[], env: Record<string, string> = {}) {
  const repository = 'repository = "https://github.com/acme/many"\n'
  const manifest = (name: string) => `[package]\nname = "${name}"\nversion = "1.0.0"\n${repository}${METADATA}`
  const dir = await plant({
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
    ...Object.fromEntries(names.map((each) => [`crates/${each}/Cargo.toml`, manifest(each)])),
    ...Object.fromEntries(names.map((each) => [`crates/${each}/src/lib.rs`, ''])),
  })
  const before = (await bench.control.log()).length
  const { port, seen } = counted(fetchHttp)
  const plan = await planRelease(
    {
      clock: systemClock,
      http: port,
      env: { SLIPWAY_SANDBOX: descriptionFile(bench.folder), HOME: dir, ...env },
      exec: async () => ({ code: 0, stdout: '', stderr: '' }),
      log: { info() {}, debug() {}, problem() {} },
    },
    dir,
    { offline: false },
  )
  const log = (await bench.control.log()).slice(before).filter((each) => each.service === 'cargo')
  const kinds = log.map(({ path }) => path.replace(/\/many.*|\?.*/, ''))
  const requests = Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  )
  return { plan, requests, seen }
}

test('a plan of 33 new crates sends five requests at a time, and queries every crate', async () => {
  const names = Array.from({ length: MANY }, (_, n) => `many-${n}`)
  const { plan, requests, seen } = await planOf(names)
  const asked = plan.destinations.filter((each) => each.target === 'crates.io')
  expect(asked.map((each) => each.state)).toEqual(names.map(() => 'absent'))
  expect(plan.notChecked.filter((each) => /no answer/.test(each))).toEqual([])
  expect([seen.now, seen.most]).toEqual([0, AT_ONCE])
  // The lists: which repositories have these names, and whether the other spellings are taken.
  expect(requests).toEqual({ '/index/ma/ny': MANY, '/index/config.json': 1, '/api/v1/crates': 2 })
})

test.each([
  ['without a login', {}],
  ['with a token', { CARGO_REGISTRY_TOKEN: 'x' }],
])('a plan of 60 published crates asks for their settings in two requests, %s', async (_, env) => {
  const names = Array.from({ length: 60 }, (_, n) => `many${n}`)
  for (const each of names) await bench.control.reserveCrate(each).catch(() => {})
  const { plan, requests } = await planOf(names, env)
  expect(plan.problems.filter((each) => each.severity === 'error')).toEqual([])
  expect(requests).toEqual({ '/index/ma/ny': 60, '/index/config.json': 1, '/api/v1/crates': 2 })
})
