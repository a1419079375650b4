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

test('four requests run at a time, in order, until all are answered', async () => {
  const urls: string[] = []
  const { port, seen } = counted(answered)
  const http = gently((each) => {
    urls.push(each.url)
    return port(each)
  })
  await Promise.all(Array.from({ length: MANY }, (_, n) => http(request(n))))
  expect(seen).toEqual({ all: MANY, now: 0, most: 4 })
  expect(urls).toEqual(Array.from({ length: MANY }, (_, n) => request(n).url))
  // A second round shows that every slot is free again.
  await Promise.all(Array.from({ length: MANY }, (_, n) => http(request(n))))
  expect(seen).toEqual({ all: 2 * MANY, now: 0, most: 4 })
})

test('a failed request frees its slot', async () => {
  const { port, seen } = counted(async (each) => {
    if (!each.url.endsWith('0')) throw new Error('broken off')
    return answered(each)
  })
  const http = gently(port)
  const ended = await Promise.allSettled(Array.from({ length: MANY }, (_, n) => http(request(n))))
  expect(ended.filter((each) => each.status === 'fulfilled').length).toBe(4)
  expect(seen).toEqual({ all: MANY, now: 0, most: 4 })
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
  const all = Promise.all(Array.from({ length: 5 }, (_, n) => http(request(n))))
  await setTimeout(20)
  expect(seen).toEqual({ all: 4, now: 4, most: 4 })
  answer()
  await all
  expect(seen).toEqual({ all: 5, now: 0, most: 4 })
})

test('a plan of 33 crates sends four requests at a time, and queries every crate', async () => {
  const names = Array.from({ length: MANY }, (_, n) => `many-${n}`)
  const manifest = (name: string) => `[package]\nname = "${name}"\nversion = "1.0.0"\n${METADATA}`
  const dir = await plant({
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
    ...Object.fromEntries(names.map((each) => [`crates/${each}/Cargo.toml`, manifest(each)])),
    ...Object.fromEntries(names.map((each) => [`crates/${each}/src/lib.rs`, ''])),
  })
  const { port, seen } = counted(fetchHttp)
  const plan = await planRelease(
    {
      clock: systemClock,
      http: port,
      env: { SLIPWAY_SANDBOX: descriptionFile(bench.folder), HOME: dir },
      exec: async () => ({ code: 0, stdout: '', stderr: '' }),
      log: { info() {}, debug() {}, problem() {} },
    },
    dir,
    { offline: false },
  )
  const asked = plan.destinations.filter((each) => each.target === 'crates.io')
  expect(asked.map((each) => each.state)).toEqual(names.map(() => 'absent'))
  expect(plan.notChecked.filter((each) => /no answer/.test(each))).toEqual([])
  expect(seen.all).toBeGreaterThanOrEqual(MANY)
  expect([seen.now, seen.most]).toEqual([0, 4])
})
