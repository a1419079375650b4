import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { isLoopbackAddress, sandboxOf } from '@slipway/core/sandbox'
import { endpointsOf, PUBLIC } from '@slipway/registries/endpoints'
import { type Bench, openBench } from '../../contract/sandbox.ts'

const folder = await mkdtemp(join(tmpdir(), 'slipway-description-'))
const bench: Bench = await openBench()
afterAll(async () => {
  await bench.close()
  await rm(folder, { recursive: true, force: true })
})

const { description } = bench.sandbox
const real = join(bench.folder, 'sandbox.json')

/** Returns the environment of a job with this text as the sandbox's description. */
async function describedBy(text: string): Promise<Record<string, string>> {
  const file = join(folder, 'sandbox.json')
  await writeFile(file, text)
  return { SLIPWAY_SANDBOX: file }
}

const changed = (change: (copy: typeof description) => void): string => {
  const copy = structuredClone(description)
  change(copy)
  return JSON.stringify(copy)
}

/** Returns the problems that each reader of the environment reports. */
function refusals(env: Record<string, string>) {
  return [sandboxOf, endpointsOf].map((read) => {
    try {
      return { read: read(env) }
    } catch (cause) {
      return (cause as { problems: unknown[] }).problems
    }
  })
}

const refused = (code: string, message: RegExp) => {
  const problems = [expect.objectContaining({ code, severity: 'error', message: expect.stringMatching(message) })]
  return [problems, problems]
}

test('the description of a running sandbox gives every address, all on this machine', () => {
  expect(sandboxOf({ SLIPWAY_SANDBOX: real })).toMatchObject({ github: description.github })
  const { crates, pypi, testpypi, github, dockerhub } = endpointsOf({ SLIPWAY_SANDBOX: real })
  const all = [crates.index, pypi.upload, pypi.simple, testpypi.upload, testpypi.simple, github.api, dockerhub.registry]
  expect(all.filter((each) => !isLoopbackAddress(each))).toEqual([])
})

test.each([{}, { SLIPWAY_SANDBOX: '' }])('without a description, %j, the remotes are the public ones', (env) => {
  expect(sandboxOf(env)).toBeNull()
  expect(endpointsOf(env)).toMatchObject(PUBLIC)
})

describe('an invalid description stops everything', () => {
  test('a file that is missing', () => {
    const env = { SLIPWAY_SANDBOX: join(folder, 'nowhere.json') }
    expect(refusals(env)).toEqual(refused('sandbox-unreadable', /nowhere\.json/))
  })

  test.each(['', '{', 'index = 1'])('text that is not JSON: %j', async (text) => {
    expect(refusals(await describedBy(text))).toEqual(refused('sandbox-unreadable', /SLIPWAY_SANDBOX names/))
  })

  test.each([
    ['null', 'null'],
    ['a number', '3'],
    ['nothing', '{}'],
    ['a schema and no address', '{"schema": 1}'],
    ['another schema', JSON.stringify({ ...description, schema: 99 })],
  ])('%s', async (_, text) => {
    expect(refusals(await describedBy(text))).toEqual(refused('sandbox-unreadable', /does not have schema 1/))
  })
})

test.each<[string, (copy: typeof description) => void]>([
  [
    PUBLIC.pypi.upload,
    (copy) => {
      copy.pypi.upload = PUBLIC.pypi.upload
    },
  ],
  [
    PUBLIC.crates.index,
    (copy) => {
      copy.cargo.index = PUBLIC.crates.index
    },
  ],
  [
    PUBLIC.github.api,
    (copy) => {
      copy.github.api = PUBLIC.github.api
    },
  ],
  [
    'http://127.0.0.1.example.org/v2',
    (copy) => {
      copy.ghcr.registry = 'http://127.0.0.1.example.org/v2'
    },
  ],
  [
    'http://127.0.0.1@example.org',
    (copy) => {
      copy.control.url = 'http://127.0.0.1@example.org'
    },
  ],
])('one address elsewhere, %s, refuses the whole description', async (address, change) => {
  const env = await describedBy(changed(change))
  expect(refusals(env)).toEqual(refused('sandbox-not-local', new RegExp(address.replace(/[.+]/g, '\\$&'))))
})

describe('with a sandbox, the GitHub API of the job', () => {
  test.each([PUBLIC.github.api, 'https://localhost.example.org/api/v3', 'http://10.0.0.1', 'no address'])(
    'must not be %s',
    (api) => {
      expect(() => endpointsOf({ SLIPWAY_SANDBOX: real, GITHUB_API_URL: api })).toThrow(
        expect.objectContaining({
          problems: [
            expect.objectContaining({
              code: 'sandbox-not-local',
              message: expect.stringContaining('GITHUB_API_URL'),
            }),
          ],
        }),
      )
    },
  )

  test.each(['http://localhost:3000', 'http://127.0.0.2:1/api', 'http://[::1]:3000'])('may be %s', (api) => {
    expect(endpointsOf({ SLIPWAY_SANDBOX: real, GITHUB_API_URL: api }).github.api).toBe(api)
  })

  test('is the sandbox’s when the job has none', () => {
    const { api } = endpointsOf({ SLIPWAY_SANDBOX: real, GITHUB_API_URL: '' }).github
    expect(api).toBe(description.github.api)
  })

  test('is the job’s own without a sandbox', () => {
    const api = 'https://github.example.org/api/v3'
    expect(endpointsOf({ GITHUB_API_URL: api }).github.api).toBe(api)
  })
})
