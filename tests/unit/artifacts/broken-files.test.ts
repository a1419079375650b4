import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Problem } from '@slipway/core/problem'
import { BROKEN, FIT } from './broken-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'broken-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function inspected({ filename, bytes }: { filename: string; bytes: Uint8Array }): Promise<Problem[]> {
  const file = path.join(folder, filename)
  await writeFile(file, bytes)
  const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist'
  return inspectArtifacts([await describeFile(kind, 'demo-pkg', '1.0.0', file)], null)
}

test.each(Object.entries(FIT))('a %s without a fault', async (_, file) => {
  expect(await inspected(file)).toEqual([])
})

const all = Object.entries(BROKEN).flatMap(([family, files]) =>
  Object.entries(files).map(([defect, broken]) => [family, defect, broken] as const),
)

test.each(all)('%s: %s', async (_family, _defect, broken) => {
  const problems = await inspected(broken)
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([[broken.code, broken.severity ?? 'error']])
  expect(problems[0]?.message).toContain(broken.filename)
})

/** Parts of messages and hints that a reader needs to fix the file. */
test.each<[family: string, defect: string, words: string]>([
  ['tags', 'a name that is not normalized', 'must begin with `demo_pkg-`'],
  ['sdist', 'a name that is not normalized', 'should be demo_pkg-1.0.0.tar.gz'],
  ['sdist', 'a version that is not normalized', 'should be demo_pkg-2026.1.5.tar.gz'],
  ['ZIP', 'bytes after the archive', '2 bytes follow the end'],
  ['ZIP', 'bytes before the archive', '10 bytes precede'],
  ['ZIP', 'LZMA compression', 'method 14'],
  ['tags', 'plain Linux', 'manylinux'],
  ['tags', 'a macOS minor', 'MACOSX_DEPLOYMENT_TARGET'],
  ['tags', 'a Windows name of the user', '`win_amd64`'],
  ['tags', 'an unknown processor', 'riscv64'],
  ['METADATA', 'a classifier with a successor', '"Natural Language :: Ukrainian"'],
  ['METADATA', 'a license that is no expression', 'Apache'],
  ['sdist', 'a license that is missing', 'license-files = ["LICENSE"]'],
])('%s: %s: the problem says %p', async (family, defect, words) => {
  const [problem] = await inspected(BROKEN[family]?.[defect] as { filename: string; bytes: Uint8Array })
  expect(`${problem?.message} ${problem?.hint}`).toContain(words)
})
