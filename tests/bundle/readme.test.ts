import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../rehearsal/example.ts'
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
])('the printed job releases %s, and converges after a failure at each write', async (example, all, writes) => {
  const [cwd, sandbox] = [await checkout(example), await tested({ cargoUpstream: null })]
  for (const [name, service, method, path] of writes) {
    // The preflight checks the login of PyPI by a form without a file; the upload comes after it.
    const fault = { kind: 'status', status: 422, body: '{"message":"no","errors":[{"detail":"no"}]}' } as const
    await sandbox.steer.setFault({ service, method, path, times: 99, skip: service === 'pypi' ? 1 : 0, fault })
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

test('the printed workflows have 25 lines at most, and are those of README and the examples', () => {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
  const [caller = ''] = ['README.md', 'docs/workflows.md'].map((file) => /```yaml\n([\s\S]*?)```/.exec(read(file))?.[1])
  expect(read('docs/workflows.md')).toContain(caller)
  for (const each of [caller, PRINTED]) expect(each.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
  const example = (name: string) => read(`examples/${name}/.github/workflows/release.yml`)
  expect([example('metatron'), example('nuster')]).toEqual([caller, PRINTED])
})
