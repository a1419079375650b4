import { error, type Problem, type Where } from '@slipway/core/problem'
import type { TomlDocument, TomlKey } from '@slipway/documents/toml'
import { MAX_QUOTED_CHARACTERS } from '../limits.ts'

/** Quotes a text for a message, cut to MAX_QUOTED_CHARACTERS. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text)
}

/** What reading a document finds, in addition to its values. */
export class Findings {
  readonly problems: Problem[] = []
  /** The places in the document of the items that each list keeps. */
  readonly #kept = new Map<string, readonly number[]>()

  /** Records which items a list keeps, since wrong ones are left out. */
  keep(list: readonly TomlKey[], indexes: readonly number[]): void {
    this.#kept.set(JSON.stringify(list), indexes)
  }

  /** Returns the keys of a value in the document, by its keys in what was read. */
  keysIn(path: readonly TomlKey[]): TomlKey[] {
    const keys: TomlKey[] = []
    for (const key of path) {
      const kept = typeof key === 'number' ? this.#kept.get(JSON.stringify(keys))?.[key] : undefined
      keys.push(kept ?? key)
    }
    return keys
  }
}

/** A value of a document, and what reading it finds. */
export class Reading {
  readonly #document: TomlDocument
  readonly #path: readonly TomlKey[]
  readonly #findings: Findings

  constructor(document: TomlDocument, path: readonly TomlKey[], findings: Findings) {
    this.#document = document
    this.#path = path
    this.#findings = findings
  }

  /** Undefined if there is none. */
  get value(): unknown {
    return this.#document.get(...this.#path)
  }

  get where(): Where {
    return this.#document.where(...this.#path)
  }

  /** Its name in messages: `images[0].name`. */
  get name(): string {
    return this.#path.reduce<string>((before, key) => {
      if (typeof key === 'number') return `${before}[${key}]`
      const name = /^[\w-]{1,60}$/.test(key) ? key : quoted(key)
      return before === '' ? name : `${before}.${name}`
    }, '')
  }

  below(key: TomlKey): Reading {
    return new Reading(this.#document, [...this.#path, key], this.#findings)
  }

  /** Records which items of this list are kept. */
  keep(indexes: readonly number[]): void {
    this.#findings.keep(this.#path, indexes)
  }

  /** Reports a problem. @param why continues the message after the value's name */
  refuse(code: string, why: string, hint: string): undefined {
    this.#findings.problems.push(error(code, `${this.name} ${why}`, hint, this.where))
  }
}
