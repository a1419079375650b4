import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BinaryError, type Bytes, FileBytes, MemoryBytes } from './bytes.ts'

/** The largest native file that is held in memory while it is read. */
const MAX_IN_MEMORY = 2 ** 24

/** Collects the pieces of one file, to be read by position: in memory, or in a temporary file if it is large. */
export class Spool {
  readonly #size: number
  readonly #memory: Buffer | null
  #folder = ''
  #file = -1
  #written = 0

  /**
   * @param size how many bytes will be written
   * @param folder for the temporary file; tests pass another
   */
  constructor(size: number, folder: string = tmpdir()) {
    this.#size = size
    this.#memory = size <= MAX_IN_MEMORY ? Buffer.allocUnsafe(size) : null
    if (this.#memory) return
    this.#folder = mkdtempSync(path.join(folder, 'slipway-binary-'))
    this.#file = openSync(path.join(this.#folder, 'binary'), 'w+')
  }

  /** Adds a piece, whose bytes the caller may overwrite afterwards. */
  write(piece: Buffer): void {
    if (this.#memory) this.#memory.set(piece, this.#written)
    else for (let done = 0; done < piece.length; ) done += writeSync(this.#file, piece, done)
    this.#written += piece.length
  }

  /** Passes on what was written. */
  read<Result>(use: (bytes: Bytes) => Result): Result {
    if (this.#written !== this.#size) throw new BinaryError('it is cut short')
    return use(this.#memory ? new MemoryBytes(this.#memory) : new FileBytes(this.#file, this.#size))
  }

  /** Removes the temporary file, if there is one. */
  close(): void {
    if (this.#file < 0) return
    closeSync(this.#file)
    rmSync(this.#folder, { recursive: true })
  }
}
