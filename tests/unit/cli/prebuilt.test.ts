import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { withPrebuilt } from '../../../packages/cli/src/rehearse/prebuilt.ts'
import type { SourceCopy } from '../../../packages/cli/src/rehearse/source-copy.ts'
import { temporaryFolder, write } from '../../sandbox/harness.ts'
import { plant, workspace } from '../trees.ts'

const PURE = 'build-system.requires = ["setuptools"]\n[project]\nname = "pure"\nversion = "1.2.0rc1"\n'
const WHEEL = 'wheelhouse/demo-1.2.0rc1-cp39-abi3-manylinux_2_17_x86_64.whl'
const SDIST = 'wheelhouse/demo-1.2.0rc1.tar.gz'

/** A copy of a project of a prebuilt package and a pure one, and the project's own folder with some files. */
async function copied(files: Record<string, string>): Promise<{ copy: SourceCopy; project: string }> {
  const settings = { 'slipway.toml': 'prebuilt = ["wheelhouse/*.whl", "wheelhouse/demo-*.tar.gz"]\n' }
  const dir = await plant(workspace({ 'pure/pyproject.toml': PURE, ...settings }))
  const [project, work] = [temporaryFolder(), temporaryFolder()]
  write(project, files)
  return { copy: { project, dir, work, plan: await planProject(dir), epoch: 0, notices: [], prebuilt: [] }, project }
}

test('files of the project folder are rehearsed, in a folder of their own', async () => {
  const { copy, project } = await copied({ [WHEEL]: 'one', [SDIST]: 'two' })
  const found = await withPrebuilt(copy)
  expect(found.notRehearsed).toEqual([])
  expect(found.copy.plan).toEqual(copy.plan)
  expect(found.copy.prebuilt.map(({ at, artifact }) => [at, artifact.project, artifact.path])).toEqual([
    [WHEEL, 'demo', join(project, WHEEL)],
    [SDIST, 'demo', join(project, SDIST)],
  ])
  expect(found.copy.work.startsWith(join(copy.work, 'prebuilt-'))).toBe(true)
  mkdirSync(join(found.copy.work, 'tmp-left'))
  expect((await withPrebuilt(copy)).copy.work).toBe(found.copy.work)
  expect(readdirSync(found.copy.work)).toEqual([])
  write(project, { [WHEEL]: 'other' })
  expect((await withPrebuilt(copy)).copy.work).not.toBe(found.copy.work)
})

test.each([
  ['no file', {}],
  ['no sdist', { [WHEEL]: 'one' }],
  ['no wheel', { [SDIST]: 'two' }],
])('with %s, the package is left out and reported', async (_, files) => {
  const { copy } = await copied(files)
  const found = await withPrebuilt(copy)
  expect(found.copy.plan.packages.map(({ name, reason }) => [name, reason === undefined])).toEqual(
    copy.plan.packages.map(({ name }) => [name, name === 'pure']),
  )
  expect(found.notRehearsed).toEqual([
    {
      what: 'prebuilt',
      reason:
        "demo: the project's folder does not have all files that another job builds (wheelhouse/*.whl, wheelhouse/demo-*.tar.gz)",
    },
  ])
  expect([found.copy.prebuilt, found.copy.work]).toEqual([[], copy.work])
})
