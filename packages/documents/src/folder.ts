import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { MAX_FILE_BYTES, MAX_OPEN_FILES } from './limits.ts'
import { type OwnFiles, ownFiles } from './own-files.ts'
import { folderOf, join } from './paths.ts'

/** Error codes for a missing or inaccessible path; Node gives the last for a path with a NUL. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']

/** Returns nothing for a missing or inaccessible path; rethrows any other error. */
function noneIfAbsent(cause: unknown): [] {
  if (ABSENT.includes((cause as NodeJS.ErrnoException).code ?? '')) return []
  throw cause
}

/** An existing file: its real path, and its size in bytes. */
interface FoundFile {
  real: string
  size: number
}

/**
 * A project's folder, read-only. Paths are relative to it, with `/`, and `.` for the folder itself.
 * Nothing outside is ever read, not even through a link.
 */
export class Folder {
  readonly #root: string
  readonly #folders = new Map<string, Promise<string>>()
  #own: Promise<OwnFiles> | undefined
  #isExcluded: (folder: string) => boolean = () => false
  #files: string[] | undefined
  #freeSlots = MAX_OPEN_FILES
  /** A set, because it takes the first of many thousand waiters as fast as that of a few. */
  readonly #waiting = new Set<() => void>()
  readonly #found = new Map<string, Promise<FoundFile | null>>()

  constructor(root: string) {
    this.#root = path.resolve(root)
  }

  /** Returns a file's text; null if it is missing, outside, or larger than MAX_FILE_BYTES. */
  async read(file: string): Promise<string | null> {
    return (await this.bytes(file))?.toString('utf8') ?? null
  }

  /** Returns a file's bytes; null as for `read`. */
  bytes(file: string): Promise<Buffer | null> {
    return this.#withFile(file, async ({ real, size }) => (size <= MAX_FILE_BYTES ? await readFile(real) : null))
  }

  /** Streams a file's bytes, whatever its size; empty if it is missing or outside. */
  async chunks(file: string): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
    const real = await this.#withFile(file, async (found) => found.real)
    return real === null ? [] : createReadStream(real)
  }

  /** Returns a file's size in bytes; null if it is missing or outside. */
  async size(file: string): Promise<number | null> {
    return (await this.#lookedUp(file))?.size ?? null
  }

  /** Uses a file once a slot is free; null if it is missing or outside. */
  async #withFile<T>(file: string, use: (found: FoundFile) => Promise<T | null>): Promise<T | null> {
    const found = await this.#lookedUp(file)
    return found && this.#inSlot(() => use(found))
  }

  /** Returns an existing file, looked up once for all uses; null if it is missing or outside. */
  #lookedUp(file: string): Promise<FoundFile | null> {
    const known = this.#found.get(file) ?? this.#inSlot(() => this.#find(file))
    this.#found.set(file, known)
    return known
  }

  /** Does something with a file once a slot is free; null if the file is missing. */
  async #inSlot<T>(act: () => Promise<T | null>): Promise<T | null> {
    await this.#takeSlot()
    try {
      return await act()
    } catch (cause) {
      noneIfAbsent(cause)
      return null
    } finally {
      const [next] = this.#waiting
      if (next) {
        this.#waiting.delete(next)
        next()
      } else this.#freeSlots++
    }
  }

  /** Returns null for something that is not a file or is outside; throws the system's error for a missing path. */
  async #find(file: string): Promise<FoundFile | null> {
    const root = await this.#realOf('.')
    const named = path.join(await this.#realOf(folderOf(file)), path.basename(file))
    const own = await lstat(named)
    const real = own.isSymbolicLink() ? await realpath(named) : named
    if (!real.startsWith(root + path.sep)) return null
    const about = own.isSymbolicLink() ? await stat(real) : own
    return about.isFile() ? { real, size: about.size } : null
  }

  /** Returns the real path of a folder, resolved once for all of its files. */
  #realOf(folder: string): Promise<string> {
    const known = this.#folders.get(folder) ?? realpath(path.join(this.#root, folder))
    this.#folders.set(folder, known)
    return known
  }

  /** Waits until a file may be opened. */
  async #takeSlot(): Promise<void> {
    if (this.#freeSlots > 0) this.#freeSlots--
    else await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /**
   * Returns the project's own files, sorted. Links to folders are not followed; hidden folders, build outputs,
   * environments, vendored code, submodules and files that `.gitignore` excludes are left out.
   */
  async files(): Promise<string[]> {
    const files = await this.allFiles()
    this.#files ??= files.filter((each) => !this.#isExcluded(folderOf(each)))
    return this.#files
  }

  /** Returns the files that `files` would return if nothing were excluded. */
  async allFiles(): Promise<string[]> {
    this.#own ??= ownFiles(this)
    return (await this.#own).files
  }

  /** Leaves more folders out of `files` from now on, instead of those that were excluded before. */
  exclude(isExcluded: (folder: string) => boolean): void {
    this.#isExcluded = isExcluded
    this.#files = undefined
  }

  /** Whether `files` leaves out a folder, or a folder above it. */
  async isLeftOut(folder: string): Promise<boolean> {
    if (this.#isExcluded(folder)) return true
    this.#own ??= ownFiles(this)
    const { leftOut } = await this.#own
    return leftOut.has(folder) || (folder !== '.' && (await this.isLeftOut(folderOf(folder))))
  }

  /** Returns the real path of a folder, relative to the project; null if it is not a folder or is outside. */
  async realFolder(folder: string): Promise<string | null> {
    try {
      const [root, real] = await Promise.all([this.#realOf('.'), this.#realOf(folder)])
      const isInside = real === root || real.startsWith(root + path.sep)
      return isInside && (await stat(real)).isDirectory() ? join(path.relative(root, real)) : null
    } catch (cause) {
      noneIfAbsent(cause)
      return null
    }
  }

  /** Returns the entries of one folder, hidden ones included, sorted by path. A link is not a folder. */
  async entriesIn(folder: string): Promise<{ path: string; isFolder: boolean; isLink: boolean }[]> {
    const entries = await readdir(path.join(this.#root, folder), { withFileTypes: true }).catch(noneIfAbsent)
    const found = entries.map((each) => ({
      path: join(folder, each.name),
      isFolder: each.isDirectory(),
      isLink: each.isSymbolicLink(),
    }))
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Returns the files directly in one folder, hidden ones included, sorted: for `.github/workflows`, say. */
  async filesIn(folder: string): Promise<string[]> {
    return (await this.entriesIn(folder)).filter((each) => !each.isFolder).map((each) => each.path)
  }

  /** Whether a file exists: one that `files` leaves out must be readable, one among them may be of any size. */
  async has(file: string): Promise<boolean> {
    return (await this.files()).includes(file) || (await this.read(file)) !== null
  }
}
