import { createGzip } from 'node:zlib'
import { LARGEST_CRATE, mebibytes } from '@slipway/core/limits'
import { type Problem, warning } from '@slipway/core/problem'
import { join } from '@slipway/documents/paths'
import { FILES_READ_AT_ONCE, MAX_COMPRESSED_BYTES } from '../../limits.ts'
import type { Check } from '../check.ts'
import { type Packaged, packagedOf } from './contents.ts'

/** Whether a crate's files are more than so many bytes, compressed at a level of zlib's. */
async function isLargerAt(level: number, limit: number, { crate, contents, folder }: Packaged): Promise<boolean> {
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

/** The same, compressed as cargo does: mostly it is told by the fastest way already. */
async function isLargerCompressed(limit: number, packaged: Packaged): Promise<boolean> {
  return (await isLargerAt(1, limit, packaged)) && (await isLargerAt(9, limit, packaged))
}

function tooLarge({ crate, contents }: Packaged): Problem {
  const message = `The package of ${crate.name} holds ${contents.files.length} files of ${mebibytes(contents.bytes)}, and is more than ${mebibytes(LARGEST_CRATE)} compressed, which crates.io refuses unless it has allowed more.`
  const hint = 'Leave out what nobody needs to build it, by `exclude` or `include`: data of tests, images, docs.'
  return warning('crate-too-large', message, hint, crate.manifest.where('package', 'name'))
}

const sizes: Check = async (subject) => {
  const problems: Problem[] = []
  let left = MAX_COMPRESSED_BYTES
  for (const each of packagedOf(subject)) {
    const { bytes } = each.contents
    if (bytes <= LARGEST_CRATE) continue
    if (bytes > MAX_COMPRESSED_BYTES) problems.push(tooLarge(each))
    else if (bytes <= left) {
      left -= bytes
      if (await isLargerCompressed(LARGEST_CRATE, each)) problems.push(tooLarge(each))
    }
  }
  return problems
}

/** Whether crates.io takes as much as is packaged of each crate. */
export const CRATE_SIZE_CHECKS: readonly Check[] = [sizes]
