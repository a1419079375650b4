import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import { unzipSync, zipSync } from 'fflate'
import { temporaryFolder } from '../sandbox/harness.ts'

/** The files of a wheel by their paths. */
export type Files = Record<string, Uint8Array>

/** Returns the path of the only extension module among a wheel's files. */
export function moduleIn(files: Files): string {
  const [only, more] = Object.keys(files).filter((each) => /\.(so|pyd)$/.test(each))
  if (only === undefined || more !== undefined) throw new Error('the wheel has not exactly one extension module')
  return only
}

/** Writes a copy of a wheel, some of its files changed and its RECORD right, and describes it. */
export async function changed(wheel: string, change: (files: Files) => void): Promise<Artifact> {
  const files: Files = unzipSync(readFileSync(wheel))
  change(files)
  const record = Object.keys(files).find((each) => each.endsWith('.dist-info/RECORD')) as string
  const lines = Object.entries(files).map(([path, bytes]) => {
    if (path === record) return `${path},,\n`
    return `${path},sha256=${createHash('sha256').update(bytes).digest('base64url')},${bytes.length}\n`
  })
  files[record] = Buffer.from(lines.join(''))
  const file = join(temporaryFolder(), basename(wheel))
  writeFileSync(file, zipSync(files, { mtime: '2000-01-01' }))
  return describeFile('wheel', 'metatron-qso', '0.1.0', file)
}

/** Replaces a text in a native file by one of the same length, wherever it is. */
export function replaceText(files: Files, path: string, text: string, other: string): void {
  if (text.length !== other.length) throw new Error('the texts have different lengths')
  const before = Buffer.from(files[path] as Uint8Array).toString('latin1')
  const after = before.replaceAll(text, other)
  if (after === before) throw new Error(`${path} does not contain ${text}`)
  files[path] = Buffer.from(after, 'latin1')
}
