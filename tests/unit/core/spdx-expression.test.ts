import { expect, test } from '@jest/globals'
import { type LicenseRegistry, licenseFault } from '@slipway/core/spdx-expression'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree } from '../trees.ts'

/** Expressions that the Rust crate `spdx`, as crates.io calls it, and Python's `packaging` accept (true) or refuse. */
test.each<[text: string, accepted: Record<LicenseRegistry, boolean>]>([
  ['MIT', { 'crates.io': true, PyPI: true }],
  ['MIT OR Apache-2.0', { 'crates.io': true, PyPI: true }],
  ['(MIT OR Apache-2.0) AND Unicode-3.0', { 'crates.io': true, PyPI: true }],
  ['((MIT))', { 'crates.io': true, PyPI: true }],
  ['GPL-3.0', { 'crates.io': true, PyPI: true }],
  ['GPL-3.0+', { 'crates.io': true, PyPI: true }],
  ['GPL-2.0-with-GCC-exception', { 'crates.io': true, PyPI: true }],
  ['LGPL-2.1+', { 'crates.io': true, PyPI: true }],
  ['Apache-2.0 WITH LLVM-exception', { 'crates.io': true, PyPI: true }],
  ['GPL-2.0-or-later WITH Classpath-exception-2.0', { 'crates.io': true, PyPI: true }],
  ['MIT WITH Nokia-Qt-exception-1.1', { 'crates.io': true, PyPI: true }],
  ['LicenseRef-X', { 'crates.io': true, PyPI: true }],
  ['mit', { 'crates.io': false, PyPI: true }],
  ['licenseref-x', { 'crates.io': false, PyPI: true }],
  ['apache-2.0 with llvm-exception', { 'crates.io': false, PyPI: true }],
  ['MIT Or Apache-2.0', { 'crates.io': false, PyPI: true }],
  ['MIT/Apache-2.0', { 'crates.io': true, PyPI: false }],
  ['DocumentRef-a:LicenseRef-b', { 'crates.io': true, PyPI: false }],
  ['MITT', { 'crates.io': false, PyPI: false }],
  ['MIT WITH Foo-exception', { 'crates.io': false, PyPI: false }],
  ['Apache-2.0 WITH MIT', { 'crates.io': false, PyPI: false }],
  ['LLVM-exception', { 'crates.io': false, PyPI: false }],
  ['MIT WITH LLVM-exception WITH LLVM-exception', { 'crates.io': false, PyPI: false }],
  ['(MIT) WITH LLVM-exception', { 'crates.io': false, PyPI: false }],
  ['LicenseRef-X+', { 'crates.io': false, PyPI: false }],
  ['LicenseRef-a_b', { 'crates.io': false, PyPI: false }],
])('%s: %j', async (text, accepted) => {
  for (const registry of ['crates.io', 'PyPI'] as const)
    expect([registry, (await licenseFault(text, registry)) === null]).toEqual([registry, accepted[registry]])
})

test.each([
  ['', 'It is empty.'],
  ['MIT License', 'AND, OR or WITH is missing before "License".'],
  ['Apache 2.0', '"Apache" is not an SPDX license identifier. Did you mean `Apache-2.0`?'],
  ['GPLv3', '"GPLv3" is not an SPDX license identifier. Did you mean `GPL-3.0-only`?'],
  ['MITT', '"MITT" is not an SPDX license identifier. Did you mean `MIT`?'],
  ['mit', '"mit" is not an SPDX license identifier: case matters. Did you mean `MIT`?'],
  [
    'Apache-2.0 WITH LLVM-exeption',
    '"LLVM-exeption" is not an SPDX exception identifier. Did you mean `LLVM-exception`?',
  ],
  ['MIT OR', 'It ends with an operator.'],
  ['MIT WITH', 'It ends with an operator.'],
  ['OR MIT', 'No license precedes OR.'],
  ['(MIT', 'Its parentheses do not match.'],
  ['MIT)', 'Its parentheses do not match.'],
  ['MIT (Apache-2.0)', 'AND or OR is missing before `(`.'],
  ['MIT, Apache-2.0', '"MIT," is not an SPDX license identifier. Did you mean `MIT`?'],
  ['Quxbazzle', '"Quxbazzle" is not an SPDX license identifier.'],
])('crates.io refuses %p: %s', async (text, fault) => {
  expect(await licenseFault(text, 'crates.io')).toBe(fault)
})

const CRATE = '[package]\nname = "demo"\nversion = "1.2.0"\ndescription = "d"\nlicense = "MITT"\n'
const PACKAGE = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\n'
test.each<[string, Tree]>([
  ['crates.io refuses the license "MITT" of the crate demo', { 'Cargo.toml': CRATE, 'src/lib.rs': '' }],
  [
    'PyPI refuses demo: its license "MITT" is invalid',
    { 'pyproject.toml': `${PACKAGE}name = "demo"\nversion = "1.2.0"\nlicense = "MITT"\n` },
  ],
])('the message names the registry: %s', async (message, files) => {
  const { problems } = await planProject(await plant(files))
  const found = problems.find((each) => each.code === 'license-expression-invalid')
  expect(found?.message).toContain(`${message}. "MITT" is not an SPDX license identifier.`)
  expect(`${found?.message} ${found?.hint}`).toMatch(/(?:Did you mean|Write) `MIT`/)
})
