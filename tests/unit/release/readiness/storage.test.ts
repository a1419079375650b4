import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { askPyPI } from '@slipway/registries/pypi/inquiry'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { answeredBy, type Said } from '../../registries/http.ts'

const GIB = 2 ** 30
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
const NONE: Said = { status: 404 }

/** Returns a project's page with files of these sizes. */
function page(...sizes: unknown[]): Said {
  const files = sizes.map((size, index) => {
    const filename = `demo-1.${index}.0.tar.gz`
    return { filename, url: `http://x.invalid/${filename}`, hashes: {}, ...(size !== undefined && { size }) }
  })
  return { headers: { 'content-type': JSON_TYPE }, body: { files } }
}

async function findings(pypi: Said, testpypi: Said = NONE) {
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
    /^warning package-storage-nearly-full: demo uses 9\.1 GiB on PyPI.* 10\.0 GiB/,
  ],
  ['Test PyPI', page(GIB), page(10 * GIB, undefined), /^warning .*demo uses 10\.0 GiB on Test PyPI/],
])('a project on %s that is nearly full is reported', async (_, pypi, testpypi, message) => {
  expect(await findings(pypi, testpypi)).toEqual([expect.stringMatching(message)])
})

test.each([
  ['is below the limit', page(4 * GIB, 5 * GIB)],
  ['has a raised limit, judging by its size', page(10 * GIB, 1)],
  ['has files without sizes', page(undefined, undefined)],
  ['has files with invalid sizes', page('9999999999', null, -1)],
  [
    'is listed as HTML',
    { headers: { 'content-type': 'text/html' }, body: '<a href="demo-1.0.0.tar.gz">demo-1.0.0.tar.gz</a>' },
  ],
])('a project that %s is not reported', async (_, pypi) => {
  expect(await findings(pypi)).toEqual([])
})
