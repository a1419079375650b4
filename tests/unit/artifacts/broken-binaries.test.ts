import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Problem } from '@slipway/core/problem'
import { BROKEN_BINARIES, FIT_BINARIES } from './broken-binaries.ts'
import type { Broken } from './broken-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'binaries-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function inspected({ filename, bytes }: Broken): Promise<Problem[]> {
  const file = path.join(folder, filename)
  await writeFile(file, bytes)
  return inspectArtifacts([await describeFile('wheel', 'demo-pkg', '1.0.0', file)], null)
}

test.each(Object.entries(FIT_BINARIES))('no fault: %s', async (_, file) => {
  expect(await inspected(file)).toEqual([])
})

const all = Object.entries(BROKEN_BINARIES).flatMap(([family, files]) =>
  Object.entries(files).map(([defect, broken]) => [family, defect, broken] as const),
)

test.each(all)('%s: %s', async (_family, _defect, broken) => {
  const problems = await inspected(broken)
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([[broken.code, broken.severity ?? 'error']])
  expect(problems[0]?.message).toContain(broken.filename)
})

/** Parts of messages and hints that a reader needs to fix the file. */
test.each<[family: string, defect: string, words: string]>([
  ['machine', 'aarch64 in x86_64', 'ELF for aarch64'],
  ['machine', 'Windows in Linux', 'PE for win_amd64'],
  ['machine', 'one processor of two', 'universal2-apple-darwin'],
  ['libc', 'a newer glibc', 'needs glibc 2.28'],
  ['libc', 'a newer glibc', '--compatibility manylinux_2_17`'],
  ['libc', 'a newer glibc than the older of two tags', 'manylinux_2_17_x86_64 (glibc 2.17)'],
  ['libc', 'relative relocations', 'glibc 2.36'],
  ['libc', 'glibc in musllinux', '`libc.so.6` of glibc'],
  ['macOS', 'a newer macOS', 'MACOSX_DEPLOYMENT_TARGET=11.0'],
  ['libraries', 'a library of a library', 'demo_pkg.libs/libown.so.1 needs `libother.so.2`'],
  ['libraries', 'OpenSSL on Linux', 'auditwheel repair'],
  ['libraries', 'OpenSSL on Windows', 'delvewheel repair'],
  ['libraries', 'Homebrew on macOS', 'delocate-wheel'],
  ['modules', 'an init function of another name', 'only `PyInit__demo`'],
  ['modules', 'another CPython', 'cpython-312'],
  ['modules', 'the DLL of another CPython', '`python312.dll`'],
  ['stable ABI', 'a newer function', 'only since 3.11'],
  ['stable ABI', 'a newer function on macOS', 'only since 3.13'],
])('%s: %s: the problem says %p', async (family, defect, words) => {
  const [problem] = await inspected(BROKEN_BINARIES[family]?.[defect] as Broken)
  expect(`${problem?.message} ${problem?.hint}`).toContain(words)
})
