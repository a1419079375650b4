import { error, type Problem, type Where } from '@slipway/core/problem'
import type { TomlDocument, TomlKey } from '@slipway/documents/toml'
import { MAX_QUOTED_CHARACTERS } from '../limits.ts'

/** Quoted, and cut where it is too long to be read. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text)
}

/** A value of a document that is being read, and where what is wrong with it goes. */
export class Reading {
  readonly #document: TomlDocument
  readonly #path: readonly TomlKey[]
  readonly #problems: Problem[]

  constructor(document: TomlDocument, path: readonly TomlKey[], problems: Problem[]) {
    this.#document = document
    this.#path = path
    this.#problems = problems
  }

  /** Undefined when there is none. */
  get value(): unknown {
    return this.#document.get(...this.#path)
  }

  get where(): Where {
    return this.#document.where(...this.#path)
  }

  /** As it is called in messages: `images[0].name`. */
  get name(): string {
    return this.#path.reduce<string>((before, key) => {
      if (typeof key === 'number') return `${before}[${key}]`
      const shown = /^[\w-]{1,60}$/.test(key) ? key : quoted(key)
      return before === '' ? shown : `${before}.${shown}`
    }, '')
  }

  below(key: TomlKey): Reading {
    return new Reading(this.#document, [...this.#path, key], this.#problems)
  }

  /** Tells what is wrong. @param why goes on after the value's name */
  refuse(code: string, why: string, hint: string): undefined {
    this.#problems.push(error(code, `${this.name} ${why}`, hint, this.where))
  }
}
