import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { askPyPI } from '@slipway/registries/pypi/inquiry'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { answeredBy, type Said } from '../registries/http.ts'

const GIB = 2 ** 30
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
const NONE: Said = { status: 404 }

/** A project's page whose files have these sizes. */
function page(...sizes: unknown[]): Said {
  const files = sizes.map((size, index) => {
    const filename = `demo-1.${index}.0.tar.gz`
    return { filename, url: `http://x.invalid/${filename}`, hashes: {}, ...(size !== undefined && { size }) }
  })
  return { headers: { 'content-type': JSON_TYPE }, body: { files } }
}

async function told(pypi: Said, testpypi: Said = NONE) {
  const ports = answeredBy(({ url }) => (new URL(url).host === 'pypi.invalid' ? pypi : testpypi))
  const package_ = { name: 'demo', version: '2.0.0', path: '.', backend: 'maturin', abi3: null, imports: [] }
  const silent = { info() {}, debug() {}, problem() {} }
  const { problems, destinations } = await askPyPI({
    ports: { ...ports, env: {}, exec: async () => ({ code: 1, stdout: '', stderr: '' }), log: silent },
    whereNamed: () => undefined,
    repository: async () => null,
    plan: { version: '2.0.0', packages: [package_], matrix: [], versions: [] } as unknown as Plan,
    endpoints: {
      ...endpointsOf({}),
      pypi: { upload: '', simple: 'http://pypi.invalid/simple/', web: null },
      testpypi: { upload: '', simple: 'http://testpypi.invalid/simple/', web: null },
    },
    credentials: credentialsOf({}),
    isTagged: true,
  })
  expect(destinations.map((each) => each.state)).toEqual(['absent', 'absent'])
  return problems.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)
}

test.each([
  [
    'PyPI',
    page(4 * GIB, 5.1 * GIB),
    NONE,
    /^warning package-storage-nearly-full: .*demo on PyPI have 9\.1 GiB.* 10\.0 GiB/,
  ],
  ['Test PyPI', page(GIB), page(10 * GIB, undefined), /^warning .*demo on Test PyPI have 10\.0 GiB/],
])('a project on %s that has nearly all that it may have', async (_, pypi, testpypi, message) => {
  expect(await told(pypi, testpypi)).toEqual([expect.stringMatching(message)])
})

test.each([
  ['has room', page(4 * GIB, 5 * GIB)],
  ['was granted more, as its size shows', page(10 * GIB, 1)],
  ['has files of which the index tells no sizes', page(undefined, undefined)],
  ['has sizes that are none', page('9999999999', null, -1)],
  [
    'is told as a page',
    { headers: { 'content-type': 'text/html' }, body: '<a href="demo-1.0.0.tar.gz">demo-1.0.0.tar.gz</a>' },
  ],
])('nothing is told of a project that %s', async (_, pypi) => {
  expect(await told(pypi)).toEqual([])
})
