import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { makeWheel, succeed, temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { runAction, type Step } from './action.ts'
import { put } from './distributions.ts'
import { repository } from './project.ts'
import { commitOf } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('python3')

const pyproject = (name: string, more = '') =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "1.0.0"\nrequires-python = ">=3.8"\n${more}`

/** A hook that makes wheels of this processor, for any Python 3. */
const HOOK = `import platform
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-manylinux_2_17_{platform.machine()}"
`

const FILES = {
  '.gitignore': 'dist/\nwheelhouse/\n.output\n.summary\n',
  'CHANGELOG.md': '# Changelog\n\n## [1.0.0] - 2025-01-02\n\n- New.\n',
  'native/pyproject.toml': pyproject('demo.native', '[tool.hatch.build.targets.wheel.hooks.custom]\n'),
  'native/hatch_build.py': HOOK,
  'native/demo_native/__init__.py': '',
  'pure/pyproject.toml': pyproject('demo-pure'),
  'pure/demo_pure/__init__.py': '',
  'slipway.toml': 'prebuilt = ["wheelhouse/*.whl"]\n',
}

const codes = (step: Step) =>
  step.annotations.filter((each) => each.name === 'error').map((each) => each.properties.title)

/** Builds the wheel of a package with pip, in a checkout. Returns the name of the file in `wheelhouse`. */
async function pipWheel(cwd: string, folder: string): Promise<string> {
  await succeed(['python3', '-m', 'pip', 'wheel', '--quiet', '--no-deps', '-w', 'wheelhouse', `./${folder}`], { cwd })
  return readdirSync(join(cwd, 'wheelhouse')).at(-1) as string
}

test('a wheel that another job built is released with those of Slipway', async () => {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const job = await workflowRun(sandbox, await commitOf(project))
  const planned = await job('plan', {}, checkout(project))
  expect(planned.outputs.packages).toBe('["demo.native","demo-pure"]')
  const { include } = JSON.parse(planned.outputs.matrix as string)
  expect(include.map((each: { package: string }) => each.package)).toEqual(['demo-pure'])
  expect(planned.summary).toContain('prebuilt, from wheelhouse/&#42;.whl')

  const refused = await job('build-wheels', { package: 'demo.native' }, checkout(project))
  expect([refused.code, codes(refused)]).toEqual([1, ['package-prebuilt']])
  const built = await job('build-wheels', { upload: 'true' }, checkout(project))
  expect([built.code, JSON.parse(built.outputs.files as string)]).toEqual([
    0,
    ['demo_pure-1.0.0-py3-none-any.whl', 'demo_pure-1.0.0.tar.gz'],
  ])
  const other = checkout(project)
  const wheel = await pipWheel(other, 'native')
  expect(wheel).toMatch(/^demo_native-1\.0\.0-py3-none-manylinux_2_17_\w+\.whl$/)

  const early = await job('assemble', {}, checkout(project))
  expect([early.code, codes(early)]).toEqual([1, ['prebuilt-missing']])
  await job.upload('wheels-linux', 'wheelhouse/*.whl', other)
  const unmatched = await job('assemble', { 'prebuilt-artifacts': 'wheel' }, checkout(project))
  expect([unmatched.code, codes(unmatched)]).toEqual([1, ['prebuilt-missing']])
  const assembled = checkout(project)
  const done = await job('assemble', { 'prebuilt-artifacts': 'wheels-*' }, assembled)
  expect([done.code, codes(done)]).toEqual([0, []])
  const { artifacts } = JSON.parse(readFileSync(join(assembled, 'dist/manifest.json'), 'utf8'))
  expect(artifacts).toContainEqual(
    expect.objectContaining({ kind: 'wheel', name: 'demo.native', version: '1.0.0', filename: wheel }),
  )

  const trusted = { 'manifest-sha256': done.outputs['manifest-sha256'] as string }
  const release = async (name: string, inputs: Record<string, string>) => {
    const step = await job(name, { ...trusted, ...inputs }, temporaryFolder())
    expect([name, step.code, codes(step)]).toEqual([name, 0, []])
    return step
  }
  const pypi = { 'pypi-token': sandbox.pypi.token }
  await release('preflight', pypi)
  const draft = await release('create-release', { draft: 'true' })
  await release('publish-pypi', pypi)
  await release('create-release', { 'release-id': draft.outputs['release-id'] as string })
  const { outputs } = await release('verify-install', { from: 'pypi' })
  const installed = JSON.parse(outputs.installed as string) as { what: string; version: string }[]
  expect(new Set(installed.map((each) => `${each.what} ${each.version}`))).toEqual(
    new Set(['demo.native 1.0.0', 'demo-pure 1.0.0']),
  )
  const seen = await release('report', pypi)
  expect([seen.outputs.released, seen.outputs.pending]).toEqual(['["GitHub","PyPI"]', '[]'])
  const again = await release('publish-pypi', pypi)
  const receipts = JSON.parse(again.outputs.receipts as string) as { status: string }[]
  expect(receipts.map((each) => each.status)).toEqual(receipts.map(() => 'already there'))
  expect(receipts).toHaveLength(3)
})

/** The file of a wheel, by its path, and its bytes. */
function wheelIn(folder: string, name: string, version = '1.0.0', text = '') {
  const { filename, bytes } = makeWheel({ name, version, files: { 'demo_native/__init__.py': text } })
  return [join(folder, filename), bytes] as const
}

test.each([
  ['a good wheel', [wheelIn('wheelhouse', 'demo_native')], {}, []],
  ['no file', [], {}, ['prebuilt-missing']],
  [
    'a file of another package',
    [wheelIn('wheelhouse', 'demo_native'), wheelIn('wheelhouse', 'numpy')],
    {},
    ['artifact-not-planned'],
  ],
  [
    'a file of another version',
    [wheelIn('wheelhouse', 'demo_native'), wheelIn('wheelhouse', 'demo_native', '0.9.0')],
    {},
    ['artifact-version-differs'],
  ],
  [
    'different files of one name',
    [wheelIn('wheelhouse', 'demo_native'), wheelIn('other', 'demo_native', '1.0.0', 'two = 2')],
    { prebuilt: 'wheelhouse/*.whl\nother/*.whl' },
    ['built-twice'],
  ],
  [
    'two files that are the same',
    [wheelIn('wheelhouse', 'demo_native'), wheelIn('other', 'demo_native')],
    { prebuilt: 'wheelhouse/*.whl\nother/*.whl' },
    [],
  ],
  ['an input without files', [wheelIn('wheelhouse', 'demo_native')], { prebuilt: 'x/*.whl' }, ['prebuilt-missing']],
  ['a pattern of anything', [], { prebuilt: 'wheelhouse/*' }, ['input-invalid']],
  ['a pattern of no package', [], { prebuilt: 'wheelhouse/numpy-*.whl' }, ['settings-unknown-name']],
])('assembling with %s', async (_, files, inputs, expected) => {
  const native = Object.entries(FILES).filter(([file]) => !file.startsWith('pure/'))
  const cwd = await repository(Object.fromEntries(native))
  for (const [file, bytes] of files) put(cwd, file, bytes)
  const step = await runAction('assemble', { ...inputs, upload: 'false', adopt: 'never' }, { cwd })
  expect([codes(step), step.code]).toEqual([expected, expected.length === 0 ? 0 : 1])
  for (const each of step.annotations.filter(({ name }) => name === 'error')) expect(each.message).toMatch(/\n/)
})
