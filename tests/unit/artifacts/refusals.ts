import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Problem } from '@slipway/core/problem'
import type { Broken } from './broken-files.ts'

/** Files to inspect. */
export interface Refusals {
  /** Those without a fault, by name. */
  fit: Record<string, Omit<Broken, 'code'>>
  /** Those with one defect each, by family and defect. */
  broken: Record<string, Record<string, Broken>>
  /** Parts of messages and hints that a reader needs to fix the file. */
  words: readonly (readonly [family: string, defect: string, words: string])[]
}

/** Registers the tests that the inspection accepts the fit files, and refuses each broken one with its own code. */
export function testRefusals({ fit, broken, words }: Refusals): void {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'refusals-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function inspected({ filename, bytes }: Omit<Broken, 'code'>): Promise<Problem[]> {
    const file = path.join(folder, filename)
    await writeFile(file, bytes)
    const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist'
    return inspectArtifacts([await describeFile(kind, 'demo-pkg', '1.0.0', file)], null)
  }

  test.each(Object.entries(fit))('no fault: %s', async (_, file) => {
    expect(await inspected(file)).toEqual([])
  })

  const all = Object.entries(broken).flatMap(([family, files]) =>
    Object.entries(files).map(([defect, file]) => [family, defect, file] as const),
  )

  test.each(all)('%s: %s', async (_family, _defect, file) => {
    const problems = await inspected(file)
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([[file.code, file.severity ?? 'error']])
    expect(problems[0]?.message).toContain(file.filename)
  })

  test.each(words)('%s: %s: the problem says %p', async (family, defect, text) => {
    const [problem] = await inspected(broken[family]?.[defect] as Broken)
    expect(`${problem?.message} ${problem?.hint}`).toContain(text)
  })
}
