import { expect, test } from '@jest/globals'
import { run, succeed } from '../sandbox/harness.ts'
import { readAction, runAction } from './action.ts'
import { exampleRepository, repository, WORKSPACE } from './project.ts'

test('setup-toolchains finds the tools and changes nothing for later steps', async () => {
  const cwd = await exampleRepository()
  // Where Rust came without rustup, there is nothing to change.
  const defaults = () => run(['rustup', 'show']).catch(() => null)
  const before = await defaults()
  // The harness fails when the action adds to GITHUB_PATH or GITHUB_ENV.
  const { code, annotations, outputs } = await runAction('setup-toolchains', {}, { cwd })
  expect([code, annotations]).toEqual([0, []])
  const { outputs: promised = {} } = await readAction('setup-toolchains')
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(promised).sort())
  const rustc = (await succeed(['rustc', '-vV'], { cwd })).stdout.split('\n')
  expect(rustc).toEqual(expect.arrayContaining([`release: ${outputs['rust-version']}`, `host: ${outputs.host}`]))
  const says = async (tool: string) => (await succeed([tool, '--version'])).stdout.trim()
  expect(await says(outputs.python as string)).toBe(`Python ${outputs['python-version']}`)
  expect(await says(outputs.maturin as string)).toBe(`maturin ${outputs['maturin-version']}`)
  expect(await defaults()).toEqual(before)
})

test('setup-toolchains gets no maturin for a project that needs none', async () => {
  const { code, outputs } = await runAction('setup-toolchains', {}, { cwd: await repository(WORKSPACE) })
  expect([code, outputs.maturin, outputs['maturin-version']]).toEqual([0, '', ''])
  expect(outputs['rust-version']).toMatch(/^1\./)
})
