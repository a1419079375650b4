import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { writeManifest } from '@slipway/artifacts/manifest'
import { MANIFEST_SCHEMA } from '@slipway/core/artifact'
import { WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction } from './action.ts'
import { builtWorkspace, GOOD, SDIST_NAME, wheel } from './distributions.ts'
import { EVIL, expectHarmless } from './harmless.ts'

const RELEASE = { schema: MANIFEST_SCHEMA, version: '1.0.0', pythonVersion: '1.0.0', tag: 'v1.0.0' } as const

/** Lists files of a folder as a builder's job does. */
async function list(folder: string, names: readonly string[], commit = 'a'.repeat(40)): Promise<void> {
  const artifacts = names.map((each) =>
    describeFile(each.endsWith('.whl') ? 'wheel' : 'sdist', 'demo-py', '1.0.0', join(folder, each)),
  )
  await writeManifest(folder, { ...RELEASE, commit, artifacts: await Promise.all(artifacts) })
}

/** A workspace with the builds `one` and `two`, the second with changed files. */
async function twoBuilds(changed: Record<string, Uint8Array> = {}): Promise<string> {
  const files = Object.entries(GOOD).flatMap(([name, bytes]) => [
    [`one/${name}`, bytes],
    [`two/${name}`, changed[name] ?? bytes],
  ])
  const cwd = builtWorkspace(Object.fromEntries(files))
  for (const each of ['one', 'two']) await list(join(cwd, each), Object.keys(GOOD))
  return cwd
}

const compare = async (cwd: string, inputs: Record<string, string> = {}) => {
  const all = { manifest: 'one/manifest.json', against: 'two/manifest.json', ...inputs }
  const step = await runAction('verify-build', all, { cwd })
  expectHarmless(step)
  return { ...step, problems: step.annotations.map(({ name, properties }) => `${name} ${properties.title}`) }
}

test('two equal builds are reproducible', async () => {
  const step = await compare(await twoBuilds())
  expect([step.code, step.problems, step.outputs]).toEqual([0, [], { reproducible: 'true', differences: '[]' }])
  expect(step.summary).toMatch(/demo&#95;py-1\.0\.0\.tar\.gz.*\| the same bytes \|/)
})

test('a planted difference is found, with the file and line inside', async () => {
  const cwd = await twoBuilds({ [WHEEL_NAME]: wheel({ 'demo/__init__.py': 'import time\n' }) })
  const step = await compare(cwd)
  expect([step.code, step.problems]).toEqual([1, ['error build-not-reproducible']])
  const differences = [{ file: WHEEL_NAME, differences: ['demo/__init__.py in line 1'] }]
  expect([step.outputs.reproducible, JSON.parse(step.outputs.differences as string)]).toEqual(['false', differences])
  const tolerant = await compare(cwd, { 'fail-on-difference': 'false' })
  expect([tolerant.code, tolerant.problems]).toEqual([0, ['warning build-not-reproducible']])
})

test.each([
  ['that a ZIP archive may have', EVIL.replace(/[\r\n]/g, ' ')],
  ['that it may not have', EVIL],
])(
  'thousands of members with hostile names %s differ: the message is short, the output has a hundred',
  async (_, evil) => {
    const files = (text: string) => Array.from({ length: 3000 }, (_, index) => [`demo/${evil}${index}.py`, text])
    const cwd = await twoBuilds({ [WHEEL_NAME]: wheel(Object.fromEntries(files('a'))) })
    writeFileSync(join(cwd, 'one', WHEEL_NAME), wheel(Object.fromEntries(files('b'))))
    await list(join(cwd, 'one'), Object.keys(GOOD))
    const step = await compare(cwd)
    expect([step.code, step.problems]).toEqual([1, ['error build-not-reproducible']])
    expect(step.annotations[0]?.message.length).toBeLessThan(1000)
    expect(step.annotations[0]?.message).toMatch(/ and \d{4} more/)
    expect(JSON.parse(step.outputs.differences as string)[0].differences.length).toBeLessThanOrEqual(100)
  },
)

test('builds that cannot be compared are refused', async () => {
  const cwd = await twoBuilds()
  await list(join(cwd, 'two'), [SDIST_NAME])
  expect((await compare(cwd)).problems).toEqual(['error build-file-missing'])
  // The other may have more.
  expect((await compare(cwd, { manifest: 'two/manifest.json', against: 'one/manifest.json' })).problems).toEqual([])
  await list(join(cwd, 'two'), Object.keys(GOOD), 'b'.repeat(40))
  expect((await compare(cwd)).problems).toEqual(['error manifest-of-other-release'])
  writeFileSync(join(cwd, 'two', SDIST_NAME), 'x')
  expect((await compare(cwd)).problems).toEqual(['error artifact-differs'])
  rmSync(join(cwd, 'two'), { recursive: true })
  expect((await compare(cwd)).problems).toEqual(['error manifest-missing'])
})
