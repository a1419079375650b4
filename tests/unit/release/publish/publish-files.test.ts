import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { HttpRequest } from '@slipway/core/ports'
import { publishFiles } from '@slipway/release/publish/publish-files'
import { temporaryFolder } from '../../../sandbox/harness.ts'
import { realPorts } from '../../toolchain/ports.ts'

test.each([
  ['no archive', 'demo_py-1.0.0-py3-none-any.whl'],
  ['no gzip', 'demo_py-1.0.0.tar.gz'],
])('a file that is %s fails although the index does not answer, and the query ends', async (_, name) => {
  const dir = temporaryFolder()
  await writeFile(join(dir, name), 'not one')
  const asked: HttpRequest[] = []
  const http = (request: HttpRequest) => {
    asked.push(request)
    return new Promise<never>(() => {})
  }
  const options = {
    dir,
    packagesDir: dir,
    manifest: join(dir, 'manifest.json'),
    tokens: { pypi: 'pypi-token' },
    mask() {},
  }
  const index = { repository: 'pypi', repositoryUrl: 'http://127.0.0.1:1/legacy/', user: '__token__' } as const
  const { go } = publishFiles({ ...realPorts({}), http }, { ...options, ...index, missingWheels: 'error' })
  await expect(go()).rejects.toThrow('demo_py')
  expect(asked.map(({ url, signal }) => [url, signal?.aborted])).toEqual([['http://127.0.0.1:1/simple/demo-py/', true]])
})
