import { nearest } from '@slipway/documents/nearest-word'
import { isTable } from '@slipway/documents/toml'
import { quoted, type Reading } from './reading.ts'

/** What an editor is told of a value: JSON Schema (draft 7, which editors of TOML know). */
export type JsonSchema = Record<string, unknown>

/** What a value must be like. Made by the functions below. */
export interface Shape<T> {
  /** What may be given, for people: `true or false`. */
  readonly allowed: string
  readonly schema: JsonSchema
  /** Of a table: its keys as they are written. */
  readonly fields?: ReadonlyMap<string, Field<unknown>>
  /** Of a list or a table by name: what is in it, and how that is written after its own name. */
  readonly each?: { shape: Shape<unknown>; suffix: string }
  /** The value; undefined, and what is wrong is told, when it is not allowed. */
  read(at: Reading): T | undefined
}

/** A key of a table. */
export interface Field<T> {
  shape: Shape<NonNullable<T>>
  /** What it is, for people: Markdown, one line. */
  about: string
  /** The value when nothing is given; without it the key is needed, or, when undefined, left out. */
  fallback?: T
}

/** The keys of a table by their names in code; `versionFiles` is written `version-files`. */
export type Fields<T> = { [Key in keyof T]-?: Field<T[Key]> }

function wrongType(at: Reading, allowed: string): undefined {
  const found = Array.isArray(at.value) ? 'a list' : isTable(at.value) ? 'a table' : `a ${typeof at.value}`
  const shown = at.value instanceof Date ? 'a date' : found
  const why = `is ${shown}, which says nothing here, so the release would not be what you mean.`
  return at.refuse('settings-wrong-type', why, `Give ${allowed}.`)
}

/**
 * A text.
 * @param wrong why a text is not allowed, as in `has no version`; null when it is
 */
export function text(
  allowed: string,
  wrong: (given: string) => string | null = () => null,
  schema: JsonSchema = {},
): Shape<string> {
  return {
    allowed,
    schema: { type: 'string', ...schema },
    read(at) {
      if (typeof at.value !== 'string') return wrongType(at, allowed)
      const why = wrong(at.value)
      if (why === null) return at.value
      return at.refuse('settings-bad-value', `= ${quoted(at.value)}: it ${why}.`, `Give ${allowed}.`)
    },
  }
}

/** One of the given words. */
export function choice<const W extends string>(words: readonly W[]): Shape<W> {
  const allowed = words.length === 1 ? `\`"${words[0]}"\`` : `one of ${words.map((each) => `\`${each}\``).join(', ')}`
  return {
    allowed,
    schema: { enum: words },
    read(at) {
      const given = at.value
      if (typeof given !== 'string') return wrongType(at, allowed)
      const word = words.find((each) => each === given)
      if (word !== undefined) return word
      const meant = nearest(given, words)
      const hint = meant === undefined ? `Give ${allowed}.` : `Did you mean \`${meant}\`? It may be ${allowed}.`
      return at.refuse('settings-bad-value', `= ${quoted(given)} is not known here.`, hint)
    },
  }
}

/** `true` or `false`. */
export const flag: Shape<boolean> = {
  allowed: '`true` or `false`',
  schema: { type: 'boolean' },
  read: (at) => (typeof at.value === 'boolean' ? at.value : wrongType(at, flag.allowed)),
}

/** A list; what is wrong in it is left out. */
export function list<T>(of: Shape<T>): Shape<T[]> {
  const allowed = `a list, each ${of.allowed}`
  return {
    allowed,
    schema: { type: 'array', items: of.schema },
    each: { shape: of, suffix: '[]' },
    read(at) {
      if (!Array.isArray(at.value)) return wrongType(at, allowed)
      return at.value.map((_, index) => of.read(at.below(index))).filter((each) => each !== undefined)
    },
  }
}

/** A table with names of the user's choice as keys; what is wrong in it is left out. */
export function named<T>(of: Shape<T>): Shape<Record<string, T>> {
  const allowed = `a table by name, each ${of.allowed}`
  return {
    allowed,
    schema: { type: 'object', additionalProperties: of.schema },
    each: { shape: of, suffix: '.NAME' },
    read(at) {
      if (!isTable(at.value)) return wrongType(at, allowed)
      const read = Object.keys(at.value).map((key) => [key, of.read(at.below(key))] as const)
      return Object.fromEntries(read.filter((each): each is [string, NonNullable<T>] => each[1] !== undefined))
    },
  }
}

/** A key as it is written: `version-files`. */
export function written(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** A table with these keys; undefined when one that is needed is missing or wrong. */
export function table<T extends object>(fields: Fields<T>): Shape<T> {
  const all = Object.entries<Field<unknown>>(fields)
  const known = new Map(all.map(([name, field]) => [written(name), field]))
  const required = [...known].filter(([, field]) => !('fallback' in field)).map(([key]) => key)
  const properties = [...known].map(([key, { shape, about, fallback }]) => [
    key,
    { ...shape.schema, description: about, ...(fallback !== undefined && fallback !== null && { default: fallback }) },
  ])
  const allowed = `a table of ${[...known.keys()].map((key) => `\`${key}\``).join(', ')}`
  return {
    allowed,
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
      ...(required.length > 0 && { required }),
    },
    fields: known,
    read(at) {
      const given = at.value
      if (!isTable(given)) return wrongType(at, allowed)
      for (const key of Object.keys(given)) {
        if (known.has(key)) continue
        const meant = nearest(key, known.keys())
        const hint = meant === undefined ? `Known are ${[...known.keys()].join(', ')}.` : `Did you mean \`${meant}\`?`
        at.below(key).refuse('settings-unknown-key', 'is not known here, so it would be without effect.', hint)
      }
      const entries: [string, unknown][] = []
      for (const [name, field] of all) {
        const key = written(name)
        const value = Object.hasOwn(given, key) ? field.shape.read(at.below(key)) : field.fallback
        if (value !== undefined) entries.push([name, value])
        else if (!('fallback' in field)) {
          if (!Object.hasOwn(given, key)) {
            at.refuse('settings-key-missing', `has no \`${key}\`, which it needs.`, `Give ${field.shape.allowed}.`)
          }
          return undefined
        } else if (field.fallback !== undefined) entries.push([name, field.fallback])
      }
      return Object.fromEntries(entries) as T
    },
  }
}
