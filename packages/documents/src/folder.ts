import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { MAX_FILE_BYTES, MAX_OPEN_FILES } from './limits.ts'
import { type OwnFiles, ownFiles } from './own-files.ts'
import { folderOf, join } from './paths.ts'

/** How the system says that something is not there or may not be seen; the last is Node's word for a path that holds a NUL. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']

/** Nothing, for what is not there or may not be seen; throws any other failure on. */
function noneIfAbsent(cause: unknown): [] {
  if (ABSENT.includes((cause as NodeJS.ErrnoException).code ?? '')) return []
  throw cause
}

/** A file that was found: where it really is, and its length in bytes. */
interface FoundFile {
  real: string
  size: number
}

/**
 * A project's folder, read-only. Paths are relative to it, with `/`, `.` for itself.
 * Nothing outside is ever read, not through a link either.
 */
export class Folder {
  readonly #root: string
  readonly #folders = new Map<string, Promise<string>>()
  #own: Promise<OwnFiles> | undefined
  #mayOpen = MAX_OPEN_FILES
  readonly #waiting: (() => void)[] = []

  constructor(root: string) {
    this.#root = path.resolve(root)
  }

  /** A file's text, or null when it is not there, lies outside, or is too large to be what is looked for. */
  async read(file: string): Promise<string | null> {
    return (await this.bytes(file))?.toString('utf8') ?? null
  }

  /** A file's bytes, or null as `read` gives it. */
  bytes(file: string): Promise<Buffer | null> {
    return this.#withFile(file, async ({ real, size }) => (size <= MAX_FILE_BYTES ? await readFile(real) : null))
  }

  /** A file's bytes, of any length, in parts; none when it is not there or lies outside. */
  async chunks(file: string): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
    const real = await this.#withFile(file, async (found) => found.real)
    return real === null ? [] : createReadStream(real)
  }

  /** A file's length in bytes; null when it is not there or lies outside. */
  size(file: string): Promise<number | null> {
    return this.#withFile(file, async ({ size }) => size)
  }

  /** Acts on a file in its turn; null when it is not there or lies outside. */
  async #withFile<T>(file: string, use: (found: FoundFile) => Promise<T | null>): Promise<T | null> {
    await this.#turn()
    try {
      const found = await this.#find(file)
      return found && (await use(found))
    } catch (cause) {
      noneIfAbsent(cause)
      return null
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#mayOpen++
    }
  }

  /** Null for what is no file, or lies outside; throws the system's error for what is not there. */
  async #find(file: string): Promise<FoundFile | null> {
    const root = await this.#realOf('.')
    const named = path.join(await this.#realOf(folderOf(file)), path.basename(file))
    const own = await lstat(named)
    const real = own.isSymbolicLink() ? await realpath(named) : named
    if (!real.startsWith(root + path.sep)) return null
    const about = own.isSymbolicLink() ? await stat(real) : own
    return about.isFile() ? { real, size: about.size } : null
  }

  /** Where a folder really is: asked once for all of its files. */
  #realOf(folder: string): Promise<string> {
    const known = this.#folders.get(folder) ?? realpath(path.join(this.#root, folder))
    this.#folders.set(folder, known)
    return known
  }

  /** Waits until a file may be opened. */
  async #turn(): Promise<void> {
    if (this.#mayOpen > 0) this.#mayOpen--
    else await new Promise<void>((go) => this.#waiting.push(go))
  }

  /**
   * Every file of the project's own, sorted. Links to folders are not followed; hidden folders, build outputs,
   * environments, what others made (vendored code, submodules) and what `.gitignore` leaves out are not among them.
   */
  async files(): Promise<string[]> {
    this.#own ??= ownFiles(this)
    return (await this.#own).files
  }

  /** Whether a folder is, or lies in, one that `files` leaves out. */
  async isLeftOut(folder: string): Promise<boolean> {
    this.#own ??= ownFiles(this)
    const { leftOut } = await this.#own
    return leftOut.has(folder) || (folder !== '.' && (await this.isLeftOut(folderOf(folder))))
  }

  /** Where a folder really is, relative to the project: through links; null when it is none, or lies outside. */
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

  /** What lies in one folder itself, hidden or not, sorted by path. A link is no folder. */
  async entriesIn(folder: string): Promise<{ path: string; isFolder: boolean; isLink: boolean }[]> {
    const entries = await readdir(path.join(this.#root, folder), { withFileTypes: true }).catch(noneIfAbsent)
    const found = entries.map((each) => ({
      path: join(folder, each.name),
      isFolder: each.isDirectory(),
      isLink: each.isSymbolicLink(),
    }))
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** The files that lie in one folder itself, hidden or not, sorted: `.github/workflows`, say. */
  async filesIn(folder: string): Promise<string[]> {
    return (await this.entriesIn(folder)).filter((each) => !each.isFolder).map((each) => each.path)
  }

  /** Whether something that can be read lies there, be it left out of `files` or large. */
  async has(file: string): Promise<boolean> {
    return (await this.files()).includes(file) || (await this.read(file)) !== null
  }
}
