import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { measureFile } from '../artifact.ts'
import { blobFile } from './blob.ts'
import { type Descriptor, unreadableImage } from './descriptor.ts'

const LAYER = 'application/vnd.oci.image.layer.v1.tar'

/** Compressions of layers by their first bytes (RFC 1952, RFC 8878). Node supports zstd since 22.15. */
const COMPRESSIONS = [
  { magic: Buffer.from([0x1f, 0x8b]), suffix: '+gzip', decompress: 'createGunzip' },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), suffix: '+zstd', decompress: 'createZstdDecompress' },
] as const

/** Makes a transform that hashes its input and passes it on. */
function hashing(hash: Hash) {
  return async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk)
      yield chunk
    }
  }
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`
}

/** Returns a file's compression, or undefined when it is not compressed. */
async function compressionOf(file: string) {
  const handle = await open(file)
  try {
    const start = Buffer.alloc(4)
    await handle.read(start, 0, start.length, 0)
    return COMPRESSIONS.find(({ magic }) => start.subarray(0, magic.length).equals(magic))
  } finally {
    await handle.close()
  }
}

/**
 * Streams a layer into a layout. A compressed layer is copied; others are gzipped without a time, so that equal layers
 * give equal bytes (with one version of Node on one architecture).
 * @param file the layer
 * @param out the layout's folder, with an existing blob folder
 * @returns the blob's descriptor, and the digest of its tar
 * @throws ProblemError `image-unreadable` when this Node cannot read the compression
 */
export async function addLayer(file: string, out: string): Promise<{ descriptor: Descriptor; diffId: string }> {
  const diff = createHash('sha256')
  const draft = join(out, 'layer')
  const compression = await compressionOf(file)
  // Imported only when there is a layer, to keep an action's start fast.
  const zlib = await import('node:zlib')
  if (compression) {
    const decompress: (() => Duplex) | undefined = zlib[compression.decompress]
    if (!decompress) throw unreadableImage(file, 'it is compressed with zstd, which this version of Node cannot read')
    await pipeline(createReadStream(file), decompress(), hashing(diff), drain)
    await copyFile(file, draft)
  } else {
    await pipeline(createReadStream(file), hashing(diff), zlib.createGzip(), createWriteStream(draft))
  }
  const { size, sha256 } = await measureFile(draft)
  const digest = `sha256:${sha256}`
  await rename(draft, blobFile(out, digest))
  return {
    descriptor: { mediaType: LAYER + (compression?.suffix ?? '+gzip'), digest, size },
    diffId: digestOf(diff),
  }
}
