import { expect, test } from '@jest/globals'
import { tested } from '../sandbox/harness.ts'
import { checkout, checkoutAgain, expectNothingTwice, PRINTED, release, report } from './readme.ts'

// With its image the workflow runs in tests/engines/readme-images.test.ts.

/** A refusal that no waiting helps against, at each place where the release writes. */
const WRITES = [
  ['create-release', 'uploads', 'POST', 'assets'],
  ['publish-crate', 'cargo', 'PUT', 'crates/new'],
  ['publish-pypi', 'pypi', 'POST', 'legacy'],
  ['create-release', 'github', 'PATCH', 'releases'],
] as const

test.each([
  ['metatron', ['GitHub', 'crates.io', 'PyPI'], WRITES],
  ['nuster', ['GitHub', 'PyPI'], WRITES.filter(([name]) => name !== 'publish-crate')],
])('README’s workflow releases %s, and converges after a failure at each write', async (example, all, writes) => {
  const [cwd, sandbox] = [await checkout(example), await tested({ cargoUpstream: null })]
  for (const [name, service, method, path] of writes) {
    // A login check of PyPI is a form without a file: the upload is what comes after those.
    const fault = { kind: 'status', status: 422, body: '{"message":"no","errors":[{"detail":"no"}]}' } as const
    await sandbox.steer.setFault({ service, method, path, times: 99, skip: service === 'pypi' ? 2 : 0, fault })
    const failed = await release(sandbox, cwd)
    expect([failed?.name, failed?.step.stderr]).toEqual([name, ''])
    await sandbox.steer.clearFaults()
    const { pending } = await report(sandbox, cwd)
    expect(pending).toContain('GitHub')
    checkoutAgain(cwd)
  }
  expect(await release(sandbox, cwd)).toBeNull()
  expect(await report(sandbox, cwd)).toMatchObject({ released: all, pending: [] })
  await expectNothingTwice(sandbox)
})

test('README’s workflow has 25 lines at most', () => {
  expect(PRINTED.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
})
