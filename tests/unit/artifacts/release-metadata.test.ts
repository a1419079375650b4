import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectEach } from '@slipway/artifacts/inspect'
import type { ArtifactKind } from '@slipway/core/artifact'
import { tarGz, zip } from './archives.ts'
import { metadata, wheel } from './broken-files.ts'
import { elf } from './elf-file.ts'

const INFO = 'demo_pkg-1.0.0.dist-info'
const X86 = 'cp312-cp312-manylinux_2_17_x86_64'
const ARM = 'cp312-cp312-manylinux_2_17_aarch64'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'release-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function described(kind: ArtifactKind, filename: string, bytes: Uint8Array) {
  const file = path.join(folder, filename)
  await writeFile(file, bytes)
  return describeFile(kind, 'demo-pkg', '1.0.0', file)
}

function wheelOf(tag: string, machine: number, text: string) {
  const module = { 'demo/demo.cpython-312-x86_64-linux-gnu.so': elf({ machine }) }
  return described('wheel', `demo_pkg-1.0.0-${tag}.whl`, zip(wheel({ ...module, [`${INFO}/METADATA`]: text }, tag)))
}

function sdistOf(text: string) {
  const top = 'demo_pkg-1.0.0'
  const entries = [
    { name: `${top}/PKG-INFO`, data: text },
    { name: `${top}/pyproject.toml`, data: '[build-system]\nrequires = []\n' },
  ]
  return described('sdist', `${top}.tar.gz`, tarGz(entries))
}

/** Inspects a wheel, another one and an sdist, and returns the problems of each. */
async function inspected(first: string, second: string, source = first) {
  const files = [await sdistOf(source), await wheelOf(X86, 62, first), await wheelOf(ARM, 183, second)]
  return inspectEach(files, null)
}

const requires = (...all: string[]) => metadata(all.map((each) => `Requires-Dist: ${each}`))

test.each<[string, string, string]>([
  ['nothing', metadata(), metadata()],
  ['the order', requires('a>=1', 'b'), requires('b', 'a>=1')],
  [
    'the spelling',
    requires('Foo_Bar[b,a] (>=1,<2) ; python_version < "3.12"'),
    requires("foo-bar[a,b]<2,>=1; python_version<'3.12'"),
  ],
  ['the order of clauses', metadata(['Requires-Python: >=3.9,<4']), metadata(['Requires-Python: <4, >=3.9'])],
  ['the description', metadata(), metadata([], '2.4', '# Another\n')],
])('%s differs between two wheels, which is fine', async (_, first, second) => {
  expect((await inspected(first, second)).flat()).toEqual([])
})

test.each<[field: string, first: string, second: string]>([
  ['Requires-Dist', requires('a>=1'), requires('a>=2')],
  ['Requires-Dist', requires('a'), metadata()],
  ['Requires-Dist', requires('a; python_version < "3.12"'), requires('a')],
  ['Requires-Python', metadata(['Requires-Python: >=3.9']), metadata(['Requires-Python: >=3.10'])],
  ['Provides-Extra', metadata(['Provides-Extra: test']), metadata()],
  ['Summary', metadata(), metadata().replace('A demo', 'Another demo')],
  ['License-Expression', metadata(['License-Expression: MIT']), metadata(['License-Expression: ISC'])],
])('%s differs between two wheels', async (field, first, second) => {
  const [source, one, other] = await inspected(first, second)
  expect([source, one]).toEqual([[], []])
  expect(other?.map(({ code, severity }) => [code, severity])).toEqual([['metadata-differs-between-files', 'error']])
  expect(other?.[0]?.message).toContain(
    `${field} differs between demo_pkg-1.0.0-${X86}.whl and demo_pkg-1.0.0-${ARM}.whl`,
  )
})

test('one problem for a release, however many files differ', async () => {
  expect((await inspected(metadata(), requires('a'), requires('b'))).flat()).toHaveLength(1)
})

test.each<[what: string, source: string, count: number]>([
  ['a field that it does not call dynamic', requires('a'), 1],
  ['a dynamic field', metadata(['Dynamic: requires-dist', 'Requires-Dist: a']), 0],
  ['metadata from before sdists promised anything', metadata(['Requires-Dist: a'], '2.1'), 0],
])('an sdist differs from its wheels in %s', async (_, source, count) => {
  const [found, ...others] = await inspected(metadata(), metadata(), source)
  expect(found?.map((each) => each.code)).toEqual(Array(count).fill('metadata-differs-between-files'))
  expect(others.flat()).toEqual([])
})

test('files of two releases are not compared', async () => {
  const other = metadata(['Requires-Dist: a']).replace('demo-pkg', 'demo-other')
  const info = 'demo_other-1.0.0.dist-info'
  const files = { [`${info}/METADATA`]: other }
  const artifacts = [
    await wheelOf(X86, 62, metadata()),
    await described('wheel', 'demo_other-1.0.0-py3-none-any.whl', zip(wheel(files, 'py3-none-any', info))),
  ]
  expect((await inspectEach(artifacts, null)).flat()).toEqual([])
})
