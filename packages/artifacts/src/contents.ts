import type { Binary } from './binary/binary.ts'
import { BinaryError } from './binary/bytes.ts'
import { isNative, readBinary } from './binary/read.ts'
import { Spool } from './binary/spool.ts'
import { MAX_SECRET_FILE_BYTES, secretsIn } from './secrets.ts'

/** What the content of a file in a wheel shows. */
export interface Contents {
  /** Whether its first bytes are those of native code, wherever it is. */
  isNative: boolean
  /** The library, extension module or installed program that it is; null for all others. */
  binary: Binary | null
  /** Why a loader refuses the native file; null if it does not. */
  damage: string | null
  /** The kinds of secrets in it. */
  secrets: readonly string[]
}

/** Whether a path is that of a library, an extension module or an installed program. */
function isLoadable(path: string): boolean {
  return /\.(?:so|pyd|dll|dylib)$|\.so(?:\.\d+)+$|^[^/]+\.data\/scripts\//i.test(path)
}

function binaryIn(spool: Spool): Pick<Contents, 'binary' | 'damage'> {
  try {
    return { binary: spool.read(readBinary), damage: null }
  } catch (cause) {
    if (!(cause instanceof BinaryError)) throw cause
    return { binary: null, damage: cause.message }
  }
}

/** Reads one file of a wheel while it is streamed. */
export class ContentReader {
  readonly #isLoadable: boolean
  /** Holds the file, unless only its beginning matters. */
  readonly #spool: Spool | null
  #start = Buffer.alloc(0)

  /** @param size bytes that will be written */
  constructor(path: string, size: number) {
    this.#isLoadable = isLoadable(path)
    this.#spool = this.#isLoadable || size <= MAX_SECRET_FILE_BYTES ? new Spool(size) : null
  }

  /** Adds a piece, whose bytes the caller may overwrite afterwards. */
  write(piece: Buffer): void {
    if (this.#start.length === 0) this.#start = Buffer.from(piece.subarray(0, 8))
    this.#spool?.write(piece)
  }

  /** Returns what all pieces together show. */
  end(): Contents {
    const start = { isNative: isNative(this.#start), binary: null, damage: null, secrets: [] }
    if (!this.#spool) return start
    if (this.#isLoadable && start.isNative) return { ...start, ...binaryIn(this.#spool) }
    const secrets = this.#spool.read((all) =>
      all.size > MAX_SECRET_FILE_BYTES ? [] : secretsIn(all.read(0, all.size)),
    )
    return { ...start, secrets }
  }

  /** Frees what it holds; to be called in any case. */
  close(): void {
    this.#spool?.close()
  }
}
