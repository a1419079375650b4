import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { rehearse, remove } from './example.ts'

test('a warning of preflight is reported once, as a line and in the report, and stops nothing', async () => {
  const project = await mkdtemp(join(tmpdir(), 'slipway-large-'))
  await mkdir(join(project, 'src'))
  const manifest =
    '[package]\nname = "large"\nversion = "1.2.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n'
  await writeFile(join(project, 'Cargo.toml'), manifest)
  await writeFile(join(project, 'src/lib.rs'), '')
  await writeFile(join(project, 'data.bin'), randomBytes(11 * 2 ** 20))
  const first = await rehearse(project)
  // Whether crates.io has allowed more is not known before it says no, as the sandbox does.
  const again = await rehearse(project, { state: first.state })
  for (const { report, code, stdout } of [first, again]) {
    const told = report.problems.filter(({ message }) => message.startsWith('large-1.2.0.crate'))
    expect(told.map((each) => `${each.severity} ${each.code}`)).toEqual(['warning crate-too-large'])
    expect(stdout).toContain('warning[crate-too-large]: large-1.2.0.crate is 11.0 MiB')
    const errors = report.problems.filter((each) => each.severity === 'error')
    expect([code, errors.map((each) => each.code)]).toEqual([1, ['remote-refused']])
  }
  await Promise.all([project, first.state].map(remove))
})
