import { expect, test } from '@jest/globals'
import type { Fault } from '@slipway/sandbox/fault'
import { type Tested, tested } from './harness.ts'

const releases = '/repos/someone/project/releases'

/** Creates a draft; returns the status, or how the connection ended. */
async function draft(sandbox: Tested): Promise<number | string> {
  try {
    const response = await fetch(sandbox.github.api + releases, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.github.token}` },
      body: JSON.stringify({ tag_name: 'v1', draft: true }),
      signal: AbortSignal.timeout(1500),
    })
    return response.status
  } catch (error) {
    const { name, cause } = error as Error
    return (cause as { code?: string } | undefined)?.code ?? name
  }
}

/** Returns the number of drafts. */
async function drafts(sandbox: Tested): Promise<number> {
  const headers = { authorization: `Bearer ${sandbox.github.token}` }
  return ((await (await fetch(sandbox.github.api + releases, { headers })).json()) as object[]).length
}

const cases: [Fault, { ends: number | string; drafts: number; accepted: boolean; status: number }][] = [
  [
    { kind: 'status', status: 503, headers: { 'retry-after': '1' }, body: 'no' },
    { ends: 503, drafts: 0, accepted: false, status: 503 },
  ],
  [{ kind: 'reset-before' }, { ends: 'ECONNRESET', drafts: 0, accepted: false, status: 0 }],
  [{ kind: 'reset-after' }, { ends: 'ECONNRESET', drafts: 1, accepted: true, status: 0 }],
  [{ kind: 'lost-answer' }, { ends: 'TimeoutError', drafts: 1, accepted: true, status: 0 }],
  [{ kind: 'hang-before' }, { ends: 'TimeoutError', drafts: 0, accepted: false, status: 0 }],
  [
    { kind: 'delay', milliseconds: 200 },
    { ends: 201, drafts: 1, accepted: true, status: 201 },
  ],
]

test.each(cases)('%j', async (fault, expected) => {
  const sandbox = await tested()
  await sandbox.steer.setFault({ service: 'github', method: 'POST', path: '/releases$', times: 1, fault })
  const before = Date.now()
  expect(await draft(sandbox)).toBe(expected.ends)
  expect(await drafts(sandbox)).toBe(expected.drafts)
  if (fault.kind === 'delay') expect(Date.now() - before).toBeGreaterThanOrEqual(200)
  const [entry] = await sandbox.steer.log()
  expect(entry).toMatchObject({
    service: 'github',
    method: 'POST',
    path: releases,
    status: expected.status,
    accepted: expected.accepted,
    bodyBytes: 30,
    upload: false,
    effect: expected.drafts === 1 ? 'draft 1 created' : null,
  })
  expect(await draft(sandbox)).toBe(201)
})

test('faults meet matching requests, after the skipped ones, the given number of times, until cleared', async () => {
  const sandbox = await tested()
  const fault = { kind: 'status', status: 500 } as const
  await sandbox.steer.setFault({ service: 'uploads', method: 'POST', path: '.', times: 9, fault })
  await sandbox.steer.setFault({
    service: 'github',
    method: 'GET',
    path: '.',
    times: 1,
    fault: { kind: 'status', status: 418 },
  })
  await sandbox.steer.setFault({ service: 'github', method: 'POST', path: '/releases$', times: 2, skip: 1, fault })
  expect([await draft(sandbox), await draft(sandbox), await draft(sandbox), await draft(sandbox)]).toEqual([
    201, 500, 500, 201,
  ])
  await sandbox.steer.setFault({ service: 'github', method: 'POST', path: '/releases$', times: 5, fault })
  expect(await draft(sandbox)).toBe(500)
  await sandbox.steer.clearFaults()
  expect(await draft(sandbox)).toBe(201)
})

test('a fault that could never happen is refused', async () => {
  const { steer } = await tested()
  const rule = { service: 'github', method: 'GET', path: '.', times: 1, fault: { kind: 'reset-before' } } as const
  await expect(steer.setFault({ ...rule, service: 'nowhere' as 'github' })).rejects.toThrow('A service must be one of')
  await expect(steer.setFault({ ...rule, path: '(' })).rejects.toThrow('regular expression')
  await expect(steer.setFault({ ...rule, times: 0 })).rejects.toThrow('times')
  await expect(steer.setFault({ ...rule, fault: { kind: 'none' } as unknown as Fault })).rejects.toThrow('kind')
})

test('the log numbers requests, is read from a number on, and never holds a token', async () => {
  const sandbox = await tested()
  await draft(sandbox)
  await draft(sandbox)
  await fetch(`${sandbox.pypi.simple}x/?q=1`)
  expect((await sandbox.steer.log(1)).map((each) => [each.n, each.service, each.path, each.status])).toEqual([
    [2, 'github', releases, 201],
    [3, 'pypi', '/simple/x/?q=1', 404],
  ])
  expect(await sandbox.steer.counters()).toEqual({ requests: 3, uploadBytes: 0 })
  expect(JSON.stringify(await sandbox.steer.log())).not.toContain(sandbox.github.token)
})

test('URLs have the address that the client used, or the configured one', async () => {
  const sandbox = await tested()
  const origins = async () => {
    const headers = { authorization: `Bearer ${sandbox.github.token}` }
    const [release] = (await (
      await fetch(sandbox.github.api.replace('127.0.0.1', 'localhost') + releases, { headers })
    ).json()) as {
      url: string
      upload_url: string
    }[]
    return [release?.url, release?.upload_url].map((each) => new URL(each ?? '').origin)
  }
  await draft(sandbox)
  expect(await origins()).toEqual([sandbox.github.api.replace('127.0.0.1', 'localhost'), sandbox.github.uploads])
  await sandbox.steer.setAddresses({ github: 'http://api.invalid', uploads: 'http://uploads.invalid/' })
  expect(await origins()).toEqual(['http://api.invalid', 'http://uploads.invalid'])
  await sandbox.steer.setAddresses({ uploads: 'http://uploads.invalid' })
  expect((await origins())[0]).toBe(sandbox.github.api.replace('127.0.0.1', 'localhost'))
  const config = await (await fetch(`${sandbox.cargo.index.replace('sparse+', '')}config.json`)).json()
  expect(config).toEqual({ api: sandbox.cargo.api, dl: `${sandbox.cargo.api}/dl` })
})
