import { expect, test } from '@jest/globals'
import { tested } from '../sandbox/harness.ts'
import { runAction } from './action.ts'
import { repository } from './project.ts'

/** A crate that is only the module of a Python package; it needs no published crate. */
const EXTENSION: Record<string, string> = {
  '.gitignore': 'target/\nCargo.lock\n',
  'Cargo.toml':
    '[package]\nname = "slipway-demo-module"\nversion = "1.2.0"\nedition = "2021"\ndescription = "For a test."\nlicense = "MIT"\n[lib]\ncrate-type = ["cdylib"]\n',
  'src/lib.rs': '',
  'pyproject.toml': `[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"
[project]
name = "slipway-demo-module"
dynamic = ["version"]
requires-python = ">=3.9"
`,
}

test('an extension crate is skipped, unless it is named, or was published once', async () => {
  const [cwd, sandbox] = [await repository(EXTENSION), await tested()]
  const { index, token } = sandbox.cargo
  const env = { CARGO_REGISTRIES_SLIPWAY_INDEX: index, CARGO_REGISTRIES_SLIPWAY_TOKEN: token }
  const publish = async (inputs: Record<string, string> = {}) => {
    const { code, outputs } = await runAction('publish-crate', { registry: 'slipway', ...inputs }, { cwd, env })
    const [receipt] = JSON.parse(outputs.receipts ?? '[]')
    return [code, receipt?.status, receipt?.reason]
  }
  expect(await publish()).toEqual([0, 'skipped', expect.stringMatching(/extension module/)])
  expect((await sandbox.steer.log()).filter((each) => each.method !== 'GET')).toEqual([])
  expect(await publish({ crates: 'slipway-demo-module' })).toEqual([0, 'published', undefined])
  expect(await publish()).toEqual([0, 'already there', undefined])
})
