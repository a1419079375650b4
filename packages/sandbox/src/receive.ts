import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Received } from './service.ts'

/** A body as far as it arrived. */
export interface Body {
  /** Empty if it was streamed. */
  body: Buffer
  received?: Received
  size: number
  whole: boolean
}

/** Reads a body into memory. */
export async function receive(incoming: IncomingMessage): Promise<Body> {
  const end = { whole: false }
  const parts: Buffer[] = []
  for await (const part of arriving(incoming, end)) parts.push(part)
  const body = Buffer.concat(parts)
  return { body, size: body.length, ...end }
}

/**
 * Streams a body to a file in the folder and hashes it on the way. The file is removed when `use` has ended, unless it
 * was moved.
 */
export async function receiveFile(
  incoming: IncomingMessage,
  folder: string,
  use: (body: Body) => Promise<void>,
): Promise<void> {
  const path = join(folder, `${randomBytes(8).toString('hex')}.tmp`)
  const end = { whole: false }
  const hash = createHash('sha256')
  let size = 0
  // Synchronous, since what has arrived is lost when the connection breaks off before it is read.
  const file = openSync(path, 'wx', 0o600)
  try {
    try {
      for await (const part of arriving(incoming, end)) {
        hash.update(part)
        size += part.length
        writeFileSync(file, part)
      }
    } finally {
      closeSync(file)
    }
    await use({ body: Buffer.alloc(0), received: { path, size, sha256: hash.digest('hex') }, size, ...end })
  } finally {
    rmSync(path, { force: true })
  }
}

/** Yields the parts of a body until it ends or breaks off, then reports whether it was whole. */
async function* arriving(incoming: IncomingMessage, end: { whole: boolean }): AsyncGenerator<Buffer> {
  try {
    for await (const part of incoming) yield part as Buffer
    end.whole = incoming.complete
  } catch {
    end.whole = false
  }
}
