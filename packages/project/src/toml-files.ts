import { error, type Problem, ProblemError } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'

function unreadable(file: string): Problem {
  const message = `${file} is larger than 5 MiB, unreadable, or a link out of the project, so Slipway ignores it.`
  return error('file-unreadable', message, 'Put the file itself there, with only what it needs.', { file, line: 1 })
}

/** The TOML files of a project, each read once. A broken one is reported once, then treated as absent. */
export class TomlFiles {
  /** The problems of the files read so far. */
  readonly problems: Problem[] = []
  readonly #folder: Folder
  readonly #documents = new Map<string, TomlDocument | null>()

  constructor(folder: Folder) {
    this.#folder = folder
  }

  /** Returns a file's document; null when it is missing, unreadable (`file-unreadable`) or not TOML (`toml-syntax`). */
  readonly read = async (file: string): Promise<TomlDocument | null> => {
    const known = this.#documents.get(file)
    if (known !== undefined) return known
    const document = await this.#parse(file)
    this.#documents.set(file, document)
    return document
  }

  /** Returns the documents read so far, in the order of their first reading. */
  documents(): TomlDocument[] {
    return [...this.#documents.values()].filter((each) => each !== null)
  }

  async #parse(file: string): Promise<TomlDocument | null> {
    const text = await this.#folder.read(file)
    if (text === null) {
      if ((await this.#folder.files()).includes(file)) this.problems.push(unreadable(file))
      return null
    }
    try {
      return parseToml(file, text)
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause
      this.problems.push(...cause.problems)
      return null
    }
  }
}
