import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Plan } from '@slipway/core/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { askImages } from '@slipway/registries/oci/inquiry'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { type Bench, openBench } from '../../../contract/sandbox.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

const host = (service: 'dockerhub' | 'ghcr') => new URL(bench.sandbox.description[service].registry).host

/** Queries images in the sandbox's registries, with logins for both; returns the findings and the requests. */
async function found(...names: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'slipway-home-'))
  const { dockerhub, ghcr } = bench.sandbox.description
  const auths = [dockerhub, ghcr].map(({ registry, username, password }) => {
    return [new URL(registry).host, { auth: Buffer.from(`${username}:${password}`).toString('base64') }] as const
  })
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: Object.fromEntries(auths) }))
  const env = { HOME: home, DOCKER_CONFIG: home }
  const images = names.map((name) => ({ name, file: 'Dockerfile', context: '.', bases: [] }))
  const before = (await bench.control.log()).length
  const findings = await askImages({
    ports: {
      clock: systemClock,
      http: fetchHttp,
      env,
      exec: async () => ({ code: 1, stdout: '', stderr: '' }),
      log: { info() {}, debug() {}, problem() {} },
    },
    whereNamed: () => undefined,
    repository: async () => null,
    plan: { version: '1.2.0', images } as unknown as Plan,
    endpoints: endpointsOf({}),
    credentials: credentialsOf(env),
    isTagged: true,
  })
  const log = (await bench.control.log()).slice(before)
  return {
    details: findings.destinations.map((each) => each.detail),
    problems: findings.problems.map(({ severity, code, message }) => ({ code: `${severity} ${code}`, message })),
    notChecked: findings.notChecked,
    requests: log.map(({ method, path }) => `${method} ${path.split('?')[0]}`).sort(),
    effects: log.flatMap((each) => each.effect ?? []),
  }
}

test('a registry whose tokens list their grants reveals who may push, without another request', async () => {
  const { details, problems, notChecked, requests, effects } = await found(`${host('dockerhub')}/own/app`)
  expect(details).toEqual(['the first image there; the login may push'])
  expect([problems, notChecked, effects]).toEqual([[], [], []])
  expect(requests).toEqual(['GET /token', 'GET /v2/own/app/tags/list', 'GET /v2/own/app/tags/list'])
})

test('a login that may not push is reported before anything is built', async () => {
  const { details, problems, notChecked } = await found(`${host('dockerhub')}/library/app`)
  expect(details).toEqual(['the first image there'])
  expect(problems.map((each) => each.code)).toEqual(['warning image-push-denied'])
  expect(problems[0]?.message).toContain(`The login of slipway may not push to ${host('dockerhub')}/library/app`)
  expect(notChecked).toEqual([])
})

test('a question that a registry leaves open is reported once', async () => {
  const { details, problems, notChecked } = await found(`${host('ghcr')}/own/app`, `${host('ghcr')}/library/app`)
  expect(details).toEqual(['the first image there', 'the first image there'])
  expect(problems).toEqual([])
  expect(notChecked).toEqual([`Whether the login may push to ${host('ghcr')}: only a push reveals this.`])
})

test('so is one of a registry that asks for the password itself', async () => {
  await bench.control.setOciAuth('ghcr', 'basic')
  const { details, problems, notChecked } = await found(`${host('ghcr')}/own/app`)
  await bench.control.setOciAuth('ghcr', 'token')
  expect([details, problems]).toEqual([['the first image there'], []])
  expect(notChecked).toEqual([`Whether the login may push to ${host('ghcr')}: only a push reveals this.`])
})
