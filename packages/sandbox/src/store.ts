import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes a file so that a reader, or the next start after a SIGKILL, sees the old bytes or the new ones, never a part.
 * The folder must exist. Readable by the owner only: some files hold tokens.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`
  writeFileSync(draft, content, { mode: 0o600 })
  renameSync(draft, path)
}

/** Reads a JSON file; null when there is none. Throws when it is not JSON. */
export function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

/**
 * The state of one service: a JSON file, and the bytes of its artifacts by their sha256.
 * All of it is synchronous, so that no request sees a half-made change of another.
 */
export class Store<State extends object> {
  readonly #file: string
  readonly #blobs: string
  #state: State

  /**
   * Takes the service's folder (made when missing) and the state to begin with. A folder that an older Slipway wrote
   * lacks some of its fields.
   */
  constructor(folder: string, initial: State) {
    this.#file = join(folder, 'state.json')
    this.#blobs = join(folder, 'blobs')
    mkdirSync(this.#blobs, { recursive: true })
    this.#state = { ...initial, ...(readJson(this.#file) as State | null) }
  }

  /** The state as of now, to be read only. */
  get state(): Readonly<State> {
    return this.#state
  }

  /**
   * Changes the state: all of it and on disk, or, when `change` throws, nothing of it.
   * Gives what `change` gives.
   */
  change<Result>(change: (draft: State) => Result): Result {
    const draft = structuredClone(this.#state)
    const result = change(draft)
    writeWhole(this.#file, JSON.stringify(draft))
    this.#state = draft
    return result
  }

  /** Keeps bytes; gives their sha256 (lower-case hex). Comes before the change of state that names them. */
  keep(bytes: Uint8Array): string {
    const digest = sha256(bytes)
    const path = join(this.#blobs, digest)
    if (!existsSync(path)) writeWhole(path, bytes)
    return digest
  }

  /** The bytes kept under a sha256. Throws when there are none. */
  bytes(digest: string): Buffer {
    return readFileSync(join(this.#blobs, digest))
  }
}

/** The sha256 of some bytes, in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
