import { nearest } from '@slipway/core/nearest-word'
import { isTable } from '@slipway/documents/toml'
import { quoted, type Reading } from './reading.ts'

/** The JSON Schema of a value (draft 7, which editors of TOML support). */
export type JsonSchema = Record<string, unknown>

/** The allowed values of a setting. Made by the functions below. */
export interface Shape<T> {
  /** The allowed values, for people: `true or false`. */
  readonly allowed: string
  readonly schema: JsonSchema
  /** For a table: its keys as written. */
  readonly fields?: ReadonlyMap<string, Field<unknown>>
  /** For a list or a table by name: its items, and the suffix that stands for an item in documentation. */
  readonly each?: { shape: Shape<unknown>; suffix: string }
  /** Returns the value; reports one that is not allowed and returns undefined. */
  read(at: Reading): T | undefined
}

/** A key of a table. */
export interface Field<T> {
  shape: Shape<NonNullable<T>>
  /** Its documentation: one line of Markdown. */
  about: string
  /** The default. Without this field the key is required; if it is undefined, the key is optional and has no default. */
  fallback?: T
}

/** The keys of a table by their property names; `versionFiles` is written `version-files`. */
export type Fields<T> = { [Key in keyof T]-?: Field<T[Key]> }

function wrongType(at: Reading, allowed: string): undefined {
  const found = Array.isArray(at.value) ? 'a list' : isTable(at.value) ? 'a table' : `a ${typeof at.value}`
  const type = at.value instanceof Date ? 'a date' : found
  return at.refuse('settings-wrong-type', `is ${type}, which is not allowed, so it has no effect.`, `Use ${allowed}.`)
}

/**
 * Allows a text.
 * @param wrong returns why a text is not allowed, as in `has no version`; null if it is allowed
 */
export function text(
  allowed: string,
  wrong: (text: string) => string | null = () => null,
  schema: JsonSchema = {},
): Shape<string> {
  return {
    allowed,
    schema: { type: 'string', ...schema },
    read(at) {
      if (typeof at.value !== 'string') return wrongType(at, allowed)
      const why = wrong(at.value)
      if (why === null) return at.value
      return at.refuse('settings-bad-value', `= ${quoted(at.value)}: it ${why}.`, `Use ${allowed}.`)
    },
  }
}

/** Allows one of several words. */
export function choice<const W extends string>(words: readonly W[]): Shape<W> {
  const allowed = words.length === 1 ? `\`"${words[0]}"\`` : `one of ${words.map((each) => `\`${each}\``).join(', ')}`
  return {
    allowed,
    schema: { enum: words },
    read(at) {
      const { value } = at
      if (typeof value !== 'string') return wrongType(at, allowed)
      const word = words.find((each) => each === value)
      if (word !== undefined) return word
      const meant = nearest(value, words)
      const hint = meant === undefined ? `Use ${allowed}.` : `Did you mean \`${meant}\`? It may be ${allowed}.`
      return at.refuse('settings-bad-value', `= ${quoted(value)} is not an allowed value.`, hint)
    },
  }
}

/** Allows `true` or `false`. */
export const flag: Shape<boolean> = {
  allowed: '`true` or `false`',
  schema: { type: 'boolean' },
  read: (at) => (typeof at.value === 'boolean' ? at.value : wrongType(at, flag.allowed)),
}

/** Allows a list. Wrong items are left out. */
export function list<T>(of: Shape<T>): Shape<T[]> {
  const allowed = `a list, each ${of.allowed}`
  return {
    allowed,
    schema: { type: 'array', items: of.schema },
    each: { shape: of, suffix: '[]' },
    read(at) {
      if (!Array.isArray(at.value)) return wrongType(at, allowed)
      const kept = at.value.flatMap((_, index) => {
        const item = of.read(at.below(index))
        return item === undefined ? [] : [{ item, index }]
      })
      at.keep(kept.map((each) => each.index))
      return kept.map((each) => each.item)
    },
  }
}

/** Allows a table with any names as keys. Wrong entries are left out. */
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

/** Allows tables with any names as keys, and reads them as a list, each with its `name`. Wrong entries are left out. */
export function listed<T extends object>(of: Shape<T>): Shape<(T & { name: string })[]> {
  const tables = named(of)
  return {
    ...tables,
    read(at) {
      const read = tables.read(at)
      return read && Object.entries(read).map(([name, each]) => ({ name, ...each }))
    },
  }
}

/** Returns a key as written: `version-files`. */
export function written(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Allows a table with these keys. Reads as undefined if a required key is missing or wrong. */
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
      const input = at.value
      if (!isTable(input)) return wrongType(at, allowed)
      for (const key of Object.keys(input)) {
        if (known.has(key)) continue
        const meant = nearest(key, known.keys())
        const hint = meant === undefined ? `Use one of: ${[...known.keys()].join(', ')}.` : `Did you mean \`${meant}\`?`
        at.below(key).refuse('settings-unknown-key', 'is not a known key, so it has no effect.', hint)
      }
      const entries: [string, unknown][] = []
      for (const [name, field] of all) {
        const key = written(name)
        const value = Object.hasOwn(input, key) ? field.shape.read(at.below(key)) : field.fallback
        if (value !== undefined) entries.push([name, value])
        else if (!('fallback' in field)) {
          if (!Object.hasOwn(input, key)) {
            at.refuse(
              'settings-key-missing',
              `has no \`${key}\`, which is required.`,
              `Add it: ${field.shape.allowed}.`,
            )
          }
          return undefined
        } else if (field.fallback !== undefined) entries.push([name, field.fallback])
      }
      return Object.fromEntries(entries) as T
    },
  }
}
