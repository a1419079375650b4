import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import type { Plan } from '@slipway/core/plan'
import { ProblemError } from '@slipway/core/problem'
import { planProject } from '@slipway/plan/plan'
import { eachOnce } from '@slipway/release/handover/builds'
import { downloadPrebuilt, prebuiltFiles, requirePrebuiltGlobs } from '@slipway/release/handover/prebuilt'
import { realPorts } from '../../toolchain/ports.ts'
import { plant, type Tree, workspace } from '../../trees.ts'

const DEMO = 'demo-1.2.0rc1-cp39-abi3-manylinux_2_17_x86_64.whl'
const LIB = 'lib_c-1.2.0rc1-cp312-cp312-win_amd64.whl'
const MESON =
  '[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"\n[project]\nname = "lib.c"\nversion = "1.2.0rc1"\n'

/** A project of two compiled packages, with other files, and its plan. */
async function project(prebuilt: string[], files: Tree = {}): Promise<{ dir: string; plan: Plan }> {
  const dir = await plant(workspace({ 'c/pyproject.toml': MESON, ...files }))
  return { dir, plan: await planProject(dir, { prebuilt }) }
}

test('the package of a file follows from its name', async () => {
  const { dir, plan } = await project(['w/**/*.whl', 'w/*.tar.gz'], {
    [`w/a/${DEMO}`]: 'demo',
    [`w/b/${LIB}`]: 'lib',
    'w/demo-1.2.0rc1.tar.gz': 'sdist',
    'w/lib_c-1.2.0rc1.tar.gz': 'sdist',
    'w/README.md': 'no',
    [`other/${DEMO}`]: 'other',
  })
  const { artifacts, missing } = await prebuiltFiles(plan, { dir })
  expect(missing).toEqual([])
  expect(
    artifacts.map(({ kind, project: of, version, path }) => [kind, of, version, path.slice(dir.length + 1)]),
  ).toEqual([
    ['wheel', 'demo', '1.2.0rc1', `w/a/${DEMO}`],
    ['wheel', 'lib.c', '1.2.0rc1', `w/b/${LIB}`],
    ['sdist', 'demo', '1.2.0rc1', 'w/demo-1.2.0rc1.tar.gz'],
    ['sdist', 'lib.c', '1.2.0rc1', 'w/lib_c-1.2.0rc1.tar.gz'],
  ])
})

test.each([
  ['wheelhouse/*.whl', [DEMO]],
  ['./wheelhouse/*.whl', [DEMO]],
  ['wheelhouse/demo-*-win*.whl', []],
  ['wheelhouse/demo-1.2.0rc1-*.whl', [DEMO]],
])('%s matches downloaded files by the name alone: %j', async (glob, names) => {
  const { dir, plan } = await project([glob])
  const downloads = [join(dir, 'far', 'away', DEMO), join(dir, 'far', 'notes.txt')]
  mkdirSync(join(dir, 'far', 'away'), { recursive: true })
  for (const each of downloads) writeFileSync(each, 'x')
  const { artifacts } = await prebuiltFiles(plan, { dir, downloads })
  expect(artifacts.map((each) => basename(each.path))).toEqual(names)
})

test.each([
  [
    'a pattern without files',
    ['w/*.whl', 'dist/*.tar.gz'],
    ['No file matches `dist/*.tar.gz`, so the release would be incomplete.'],
  ],
  [
    'a package without a wheel',
    ['w/*.whl'],
    ['No wheel of lib.c matches `w/*.whl`, so the release would be incomplete.'],
  ],
  [
    'packages without an sdist',
    ['w/demo-*.whl', 'w/*.tar.gz'],
    ['No sdist of lib.c matches `w/*.tar.gz`, so the release would be incomplete.'],
  ],
  ['nothing', ['w/demo-*.whl'], []],
])('%s is reported', async (_, globs, messages) => {
  const { dir, plan } = await project(globs, { [`w/${DEMO}`]: '', 'w/demo-1.2.0rc1.tar.gz': '' })
  const { missing } = await prebuiltFiles(plan, { dir })
  expect(missing.map((each) => each.message)).toEqual(messages)
  expect(new Set(missing.map((each) => each.code)).size).toBe(messages.length > 0 ? 1 : 0)
})

test('a file of no package keeps its own name and version, for the inspection', async () => {
  const { dir, plan } = await project(['w/*.whl'], { 'w/numpy-2.0.0-py3-none-any.whl': '', 'w/odd.whl': '' })
  const { artifacts } = await prebuiltFiles(plan, { dir })
  expect(artifacts.map((each) => [each.project, each.version])).toEqual([
    ['numpy', '2.0.0'],
    ['', ''],
  ])
})

test('one file in two folders is released once, and different ones are refused', async () => {
  const files = { [`a/${DEMO}`]: 'one', [`b/${DEMO}`]: 'one', [`c/${DEMO}`]: 'two' }
  const globs = (names: string[]) => names.map((each) => `${each}/demo-*.whl`)
  const same = await project(globs(['a', 'b']), files)
  const { artifacts } = await prebuiltFiles(same.plan, { dir: same.dir })
  expect([artifacts.length, eachOnce(artifacts).length]).toEqual([2, 1])
  const other = await project(globs(['a', 'c']), files)
  const found = await prebuiltFiles(other.plan, { dir: other.dir })
  expect(() => eachOnce(found.artifacts)).toThrow(ProblemError)
})

/** A store of artifacts, each with one file. */
function storeOf(names: readonly string[]): ArtifactStore {
  return {
    list: async () => [...names],
    async download(name, folder) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${name}.whl`), name)
    },
    upload: async () => {},
  }
}

test('artifacts are downloaded by patterns of their names', async () => {
  const ports = realPorts()
  const store = storeOf(['wheels-a', 'wheels-b', 'slipway-build-demo'])
  const files = await downloadPrebuilt(ports, { store, prebuiltArtifacts: ['wheels-*'] })
  expect(files.map((each) => basename(each)).sort()).toEqual(['wheels-a.whl', 'wheels-b.whl'])
  expect(await downloadPrebuilt(ports, { store, prebuiltArtifacts: [] })).toEqual([])
  const codes = (cause: ProblemError) => cause.problems.map((each) => each.code)
  const unmatched = downloadPrebuilt(ports, { store, prebuiltArtifacts: ['wheels-?', 'none-*', 'wheel'] })
  expect(await unmatched.catch(codes)).toEqual(['prebuilt-missing', 'prebuilt-missing'])
  expect(await downloadPrebuilt(ports, { prebuiltArtifacts: ['*'] }).catch(codes)).toEqual(['no-artifact-store'])
})

test('patterns of an input are checked like those of slipway.toml', () => {
  expect(() => requirePrebuiltGlobs(['w/*.whl', 'w/*.tar.gz'])).not.toThrow()
  const refused = (globs: string[]) => {
    try {
      requirePrebuiltGlobs(globs)
      return []
    } catch (cause) {
      return (cause as ProblemError).problems.map((each) => `${each.code} ${each.message}`)
    }
  }
  expect(refused(['w/*', '../*.whl'])).toEqual([
    'input-invalid "w/*" is not allowed for the input `prebuilt`: it does not end in `.whl` or `.tar.gz`.',
    'input-invalid "../*.whl" is not allowed for the input `prebuilt`: it leads out of the project.',
  ])
})
