import { beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { pythonClients } from './python-clients.ts'
import { downloaded, REAL } from './real-distributions.ts'

const { tool, install } = pythonClients('real-distributions', 'pip')
beforeAll(install)

/** Warnings that are true: what the file has that deserves one. */
const WARNED: [which: RegExp, code: string, why: string][] = [
  [/^cryptography-48.*macosx_10_9_/, 'wheel-macos-newer', 'its x86_64 slice was built for macOS 10.13'],
  [/^tornado-/, 'wheel-secret', 'its tests have a private key'],
]

test.each(REAL)('%s has no errors, and only warnings that are true', async (filename, sha256) => {
  const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist'
  const artifact = await describeFile(kind, '', '', await downloaded(tool('pip'), filename, sha256))
  const problems = await inspectArtifacts([artifact], null)
  const warned = WARNED.filter(([which]) => which.test(filename)).map(([, code]) => ['warning', code])
  expect(problems.map(({ severity, code }) => [severity, code])).toEqual(warned)
})
