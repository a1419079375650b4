import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts, type Planned } from '@slipway/artifacts/inspect'
import type { ArtifactKind } from '@slipway/core/artifact'
import { crate, METADATA, sdist, WHEEL_NAME, wheelFiles, zip } from './archives.ts'

const PLAN: Planned = {
  crates: [
    { name: 'demo', version: '1.0.0', path: '.', publish: true },
    { name: 'kept', version: '1.0.0', path: 'kept', publish: false, reason: 'publish = false' },
  ],
  packages: [
    { name: 'demo-py', version: '1.0.0', path: '.', backend: 'maturin', abi3: 'cp38', imports: ['demo', 'scs'] },
  ],
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'inspect-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Returns the codes of one file's problems. */
async function codes(kind: ArtifactKind, name: string, bytes: Uint8Array, project = 'demo'): Promise<string[]> {
  const file = path.join(folder, name)
  await writeFile(file, bytes)
  const problems = await inspectArtifacts([await describeFile(kind, project, '1.0.0', file)], PLAN)
  for (const each of problems) expect(each.message).toContain(name)
  return problems.map((each) => each.code)
}

const DIST = 'demo_py-1.0.0.dist-info'
const wheelFor = (...tags: string[]) => ({
  [`${DIST}/WHEEL`]: `Wheel-Version: 1.0\n${tags.map((tag) => `Tag: ${tag}\n`).join('')}`,
})

test.each<[string, Record<string, string | null>, string, string[]]>([
  ['no fault', {}, WHEEL_NAME, []],
  ['another name', {}, 'demo_py.whl', ['wheel-name-invalid']],
  [
    'the tag linux_x86_64',
    wheelFor('cp38-abi3-linux_x86_64'),
    'demo_py-1.0.0-cp38-abi3-linux_x86_64.whl',
    ['platform-tag-refused'],
  ],
  ['the tag win_amd64', wheelFor('cp38-abi3-win_amd64'), 'demo_py-1.0.0-cp38-abi3-win_amd64.whl', []],
  ['tags of one version', wheelFor('cp38-cp38-win_amd64'), 'demo_py-1.0.0-cp38-cp38-win_amd64.whl', ['wheel-not-abi3']],
  [
    'tags of a free-threaded Python',
    wheelFor('cp314-cp314t-win_amd64'),
    'demo_py-1.0.0-cp314-cp314t-win_amd64.whl',
    [],
  ],
  ['tags of PyPy', wheelFor('pp311-pypy311_pp73-win_amd64'), 'demo_py-1.0.0-pp311-pypy311_pp73-win_amd64.whl', []],
  ['other tags than it says', wheelFor('cp38-abi3-win_amd64'), WHEEL_NAME, ['wheel-tags-differ']],
  [
    'its tags in another order',
    wheelFor('cp38-abi3-manylinux_2_17_x86_64', 'cp38-abi3-manylinux2014_x86_64'),
    WHEEL_NAME,
    [],
  ],
  ['scs left out', { 'scs/__init__.py': null }, WHEEL_NAME, ['wheel-lacks-module']],
  ['data only in scs', { 'scs/__init__.py': null, 'scs/data.txt': '' }, WHEEL_NAME, ['wheel-lacks-module']],
  ['scs deeper down', { 'scs/__init__.py': null, 'demo/scs/__init__.py': '' }, WHEEL_NAME, ['wheel-lacks-module']],
  ['scs as a file', { 'scs/__init__.py': null, 'scs.py': '' }, WHEEL_NAME, []],
  ['scs as an extension', { 'scs/__init__.py': null, 'scs.abi3.so': '' }, WHEEL_NAME, []],
  ['scs without __init__', { 'scs/__init__.py': null, 'scs/tune.py': '' }, WHEEL_NAME, []],
  ['scs in purelib', { 'scs/__init__.py': null, 'demo_py-1.0.0.data/purelib/scs/__init__.py': '' }, WHEEL_NAME, []],
  ['its license left out', { [`${DIST}/licenses/LICENSE`]: null }, WHEEL_NAME, ['license-file-missing']],
  [
    'its license left out before 2.4',
    { [`${DIST}/licenses/LICENSE`]: null, [`${DIST}/METADATA`]: METADATA.replace('2.4', '2.1') },
    WHEEL_NAME,
    [],
  ],
  ['an unlisted file', { [`${DIST}/RECORD`]: `${DIST}/RECORD,,\n` }, WHEEL_NAME, ['wheel-record-differs']],
  [
    'a listed file that is missing',
    { [`${DIST}/RECORD`]: `${wheelFiles()[`${DIST}/RECORD`]}gone.py,sha256=x,1\n` },
    WHEEL_NAME,
    ['wheel-record-differs'],
  ],
  [
    'a file of other content',
    { 'demo/__init__.py': 'changed', [`${DIST}/RECORD`]: wheelFiles()[`${DIST}/RECORD`] as string },
    WHEEL_NAME,
    ['wheel-record-differs'],
  ],
  ['a comma in a name', { 'demo/a,b.py': '' }, WHEEL_NAME, []],
  [
    'metadata of another version',
    { [`${DIST}/METADATA`]: METADATA.replace('1.0.0', '1.0.1') },
    WHEEL_NAME,
    ['metadata-differs-from-filename'],
  ],
  [
    'metadata with another spelling of the version',
    { [`${DIST}/METADATA`]: METADATA.replace('1.0.0', 'v1.0.0') },
    WHEEL_NAME,
    [],
  ],
  [
    'another version',
    { [`${DIST}/METADATA`]: METADATA.replace('1.0.0', '0.9.0') },
    WHEEL_NAME.replace('1.0.0', '0.9.0'),
    ['artifact-version-differs'],
  ],
  ['a name that is not normalized', {}, WHEEL_NAME.replace('demo_py', 'Demo_Py'), ['filename-not-normalized']],
  [
    'another project',
    { [`${DIST}/METADATA`]: METADATA.replace('Demo.Py', 'other') },
    WHEEL_NAME.replace('demo_py', 'other'),
    ['artifact-not-planned'],
  ],
])('a wheel with %s', async (_, changes, name, expected) => {
  const dist = `${name.split('-', 2).join('-')}.dist-info`
  const placed = Object.entries(changes).map(([file, text]) => [file.replace(DIST, dist), text])
  expect(await codes('wheel', name, zip(wheelFiles(Object.fromEntries(placed), dist)))).toEqual(expected)
})

test.each([
  ['acme.demo', []],
  ['acme.other', ['wheel-lacks-module']],
  ['acme.de', ['wheel-lacks-module']],
])('a wheel that installs acme/demo, checked for the import %s', async (name, expected) => {
  const packages = PLAN.packages.map((each) => ({ ...each, imports: [name] }))
  const file = path.join(folder, WHEEL_NAME)
  await writeFile(file, zip(wheelFiles({ 'acme/demo/__init__.py': '' })))
  const problems = await inspectArtifacts([await describeFile('wheel', 'demo', '1.0.0', file)], { ...PLAN, packages })
  expect(problems.map((each) => each.code)).toEqual(expected)
})

test('a wheel with the same path twice is a problem', async () => {
  const bytes = Buffer.from(zip(wheelFiles({ 'demo/a.py': 'x', 'demo/b.py': 'x' })))
  const from = Buffer.from('demo/b.py')
  for (let at = bytes.indexOf(from); at >= 0 && at < bytes.length; at = bytes.indexOf(from, at + 1)) {
    bytes.write('demo/a.py', at)
  }
  expect(await codes('wheel', WHEEL_NAME, bytes)).toContain('wheel-duplicate-entry')
})

test.each<[string, Uint8Array, string[]]>([
  ['no fault', sdist(), []],
  ['no PKG-INFO', sdist({}, null), ['sdist-without-pkg-info']],
  ['another version in its metadata', sdist({}, METADATA.replace('1.0.0', '2')), ['metadata-differs-from-filename']],
  ['two folders', sdist({ 'other/x': '' }), ['sdist-layout']],
  ['a license left out', sdist({}, METADATA.replace('LICENSE', 'COPYING')), ['license-file-missing']],
])('an sdist with %s', async (_, bytes, expected) => {
  expect(await codes('sdist', 'demo_py-1.0.0.tar.gz', bytes)).toEqual(expected)
})

test.each<[string, Uint8Array, string, string[]]>([
  ['no fault', crate({}), 'demo', []],
  ['another folder', crate({}, 'demo-1.0.1'), 'demo', ['crate-layout']],
  ['publish = false', crate({}, 'kept-1.0.0'), 'kept', ['artifact-not-planned']],
  ['no archive', new Uint8Array(3), 'demo', ['crate-unreadable']],
])('a crate with %s', async (_, bytes, project, expected) => {
  expect(await codes('crate', `${project}-1.0.0.crate`, bytes, project)).toEqual(expected)
})

test('without a plan, each file is only compared with itself', async () => {
  const file = path.join(folder, WHEEL_NAME)
  await writeFile(file, zip(wheelFiles({ 'scs/__init__.py': null })))
  expect(await inspectArtifacts([await describeFile('wheel', 'other', '9', file)], null)).toEqual([])
})

test('assets may be anything', async () => {
  expect(await codes('asset', 'docker-compose.yml', new Uint8Array())).toEqual([])
})
