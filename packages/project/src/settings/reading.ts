import { error, type Problem, type Where } from '@slipway/core/problem'
import type { TomlDocument, TomlKey } from '@slipway/documents/toml'
import { MAX_QUOTED_CHARACTERS } from '../limits.ts'

/** Quotes a text for a message, cut to MAX_QUOTED_CHARACTERS. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text)
}

/** A value of a document, and the list that collects its problems. */
export class Reading {
  readonly #document: TomlDocument
  readonly #path: readonly TomlKey[]
  readonly #problems: Problem[]

  constructor(document: TomlDocument, path: readonly TomlKey[], problems: Problem[]) {
    this.#document = document
    this.#path = path
    this.#problems = problems
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
    return new Reading(this.#document, [...this.#path, key], this.#problems)
  }

  /** Reports a problem. @param why continues the message after the value's name */
  refuse(code: string, why: string, hint: string): undefined {
    this.#problems.push(error(code, `${this.name} ${why}`, hint, this.where))
  }
}
