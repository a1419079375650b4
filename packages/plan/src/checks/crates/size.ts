import { createGzip } from 'node:zlib'
import { MAX_CRATE_BYTES, mebibytes } from '@slipway/core/limits'
import { type Problem, warning } from '@slipway/core/problem'
import { join } from '@slipway/documents/paths'
import { FILES_READ_AT_ONCE, MAX_COMPRESSED_BYTES } from '../../limits.ts'
import type { Check } from '../check.ts'
import { type Packaged, packagedOf } from './contents.ts'

/** Whether a crate's files exceed a number of bytes when compressed at a zlib level. */
async function exceedsAt(level: number, limit: number, { crate, contents, folder }: Packaged): Promise<boolean> {
  const gzip = createGzip({ level })
  let length = 0
  gzip.on('data', (chunk: Buffer) => {
    length += chunk.length
  })
  const ended = new Promise<void>((resolve, reject) => gzip.on('end', resolve).on('error', reject))
  const add = async (bytes: Buffer) => {
    if (!gzip.write(bytes)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  for (let start = 0; start < contents.files.length && length <= limit; start += FILES_READ_AT_ONCE) {
    const files = contents.files.slice(start, start + FILES_READ_AT_ONCE).map((each) => join(crate.path, each))
    const read = await Promise.all(files.map((each) => folder.bytes(each)))
    for (const [index, file] of files.entries()) {
      const bytes = read[index]
      if (bytes) await add(bytes)
      else for await (const chunk of await folder.chunks(file)) await add(chunk)
    }
  }
  gzip.end()
  await ended
  return length > limit
}

/** Whether they exceed it when compressed like cargo does; the fastest level usually decides. */
async function exceedsCompressed(limit: number, packaged: Packaged): Promise<boolean> {
  return (await exceedsAt(1, limit, packaged)) && (await exceedsAt(9, limit, packaged))
}

function tooLarge({ crate, contents }: Packaged): Problem {
  const message = `crates.io refuses ${crate.name} unless it raised your limit: ${contents.files.length} files (${mebibytes(contents.bytes)}) exceed ${mebibytes(MAX_CRATE_BYTES)} compressed.`
  const hint = 'Exclude files that the build does not need, with `exclude` or `include`: test data, images, docs.'
  return warning('crate-too-large', message, hint, crate.manifest.where('package', 'name'))
}

const sizes: Check = async (subject) => {
  const problems: Problem[] = []
  let left = MAX_COMPRESSED_BYTES
  for (const each of packagedOf(subject)) {
    const { bytes } = each.contents
    if (bytes <= MAX_CRATE_BYTES) continue
    if (bytes > MAX_COMPRESSED_BYTES) problems.push(tooLarge(each))
    else if (bytes <= left) {
      left -= bytes
      if (await exceedsCompressed(MAX_CRATE_BYTES, each)) problems.push(tooLarge(each))
    }
  }
  return problems
}

/** Checks that crates.io accepts the size of each packaged crate. */
export const CRATE_SIZE_CHECKS: readonly Check[] = [sizes]
