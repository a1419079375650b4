import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Part, Received } from './service.ts'

/** Bytes that are in memory at a time while stored bytes are joined. */
const PIECE = 2 ** 20

/**
 * Writes a file atomically: a reader, or the next start after a SIGKILL, sees the old bytes or the new ones. The folder
 * must exist. Readable by the owner only, since some files hold tokens.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`
  writeFileSync(draft, content, { mode: 0o600 })
  renameSync(draft, path)
}

/** Reads a JSON file; null if it is missing. Throws if it is not JSON. */
export function readJson(path: string): unknown {
  let text: string
  try {
    // Another process may remove the file, so nothing looks for it first.
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
  return JSON.parse(text)
}

/**
 * The state of one service: a JSON file, and the bytes of its artifacts by their sha256. Everything is synchronous, so
 * no request sees a partial change of another.
 */
export class Store<State extends object> {
  readonly #file: string
  readonly #blobs: string
  #state: State

  /**
   * Takes the service's folder (created if missing) and the initial state, which fills fields missing in a folder of an
   * older Slipway.
   */
  constructor(folder: string, initial: State) {
    this.#file = join(folder, 'state.json')
    this.#blobs = join(folder, 'blobs')
    mkdirSync(this.#blobs, { recursive: true })
    this.#state = { ...initial, ...(readJson(this.#file) as State | null) }
  }

  /** The current state, read-only. */
  get state(): Readonly<State> {
    return this.#state
  }

  /** Changes the state completely and on disk, or, if `change` throws, not at all. Returns the result of `change`. */
  change<Result>(change: (draft: State) => Result): Result {
    const draft = structuredClone(this.#state)
    const result = change(draft)
    writeWhole(this.#file, JSON.stringify(draft))
    this.#state = draft
    return result
  }

  /** Stores bytes and returns their sha256 (lower-case hex). Call it before the change of state that names them. */
  keep(bytes: Uint8Array): string {
    const digest = sha256(bytes)
    const path = join(this.#blobs, digest)
    if (!existsSync(path)) writeWhole(path, bytes)
    return digest
  }

  /** Folder for streamed bodies, on the file system of the stored bytes. */
  get drafts(): string {
    return this.#blobs
  }

  /** Moves a streamed body into the store, like `keep`. */
  keepFile({ path, sha256 }: Pick<Received, 'path' | 'sha256'>): string {
    if (existsSync(join(this.#blobs, sha256))) rmSync(path)
    else renameSync(path, join(this.#blobs, sha256))
    return sha256
  }

  /** Stores the concatenation of stored bytes, a piece at a time, and returns its sha256. */
  join(digests: readonly string[]): string {
    const path = join(this.#blobs, `${randomBytes(8).toString('hex')}.tmp`)
    const hash = createHash('sha256')
    const piece = Buffer.alloc(PIECE)
    const out = openSync(path, 'wx', 0o600)
    for (const digest of digests) {
      const part = openSync(join(this.#blobs, digest), 'r')
      for (let size = readSync(part, piece); size > 0; size = readSync(part, piece)) {
        hash.update(piece.subarray(0, size))
        writeFileSync(out, piece.subarray(0, size))
      }
      closeSync(part)
    }
    closeSync(out)
    return this.keepFile({ path, sha256: hash.digest('hex') })
  }

  /** Returns a part of the bytes stored under a sha256, without reading it. */
  part(digest: string, start: number, length: number): Part {
    return { path: join(this.#blobs, digest), start, length }
  }

  /** Returns the bytes stored under a sha256. Throws if there are none. */
  bytes(digest: string): Buffer {
    return readFileSync(join(this.#blobs, digest))
  }
}

/** Returns the sha256 of some bytes in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
