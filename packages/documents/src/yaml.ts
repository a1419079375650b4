import type { Where } from '@slipway/core/problem'
import type { Alias, Node } from 'yaml'
import { MAX_YAML_CHARACTERS } from './limits.ts'

/** A node of a YAML document, as the package `yaml` parses it. */
export type { Node as YamlNode } from 'yaml'

/** A text is not YAML, or not one that Slipway reads; with the line. */
export class YamlError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.name = 'YamlError'
    this.line = line
  }
}

/** A string of a YAML file, with its line. */
export interface YamlText {
  text: string
  where: Where
}

/**
 * A YAML file. Aliases and merged mappings are followed only on the way to a requested value, each once, so that a few
 * lines of nested aliases cannot expand to a billion.
 */
export class YamlDocument {
  readonly root: Node | null
  readonly #yaml: typeof import('yaml')
  readonly #source: string
  readonly #lineOf: (offset: number) => Where
  readonly #targets = new Map<Node, Node>()
  readonly #found = new Map<Node, Map<string, Node | undefined>>()

  /** Throws YamlError. */
  constructor(file: string, text: string, yaml: typeof import('yaml')) {
    const lineCounter = new yaml.LineCounter()
    // Searching for repeated keys would take time by the square of their number.
    const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const
    const document = yaml.parseDocument(text, { ...options, lineCounter })
    const lineOf = (offset: number) => lineCounter.linePos(offset).line || 1
    const [first] = document.errors
    if (first) throw new YamlError(first.message, lineOf(first.pos[0]))
    this.#yaml = yaml
    this.#source = text
    this.#lineOf = (offset) => ({ file, line: lineOf(offset) })
    this.root = document.contents
    // An alias refers to the last node before it with its anchor (YAML 1.2.2, 7.1).
    const anchors = new Map<string, Node>()
    const anchor = (node: Node & { anchor?: string }) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    }
    const alias = (node: Alias) => {
      const target = anchors.get(node.source)
      if (target) this.#targets.set(node, target)
    }
    yaml.visit(document, { Alias: (_, node) => alias(node), Value: (_, node) => anchor(node) })
  }

  /** Returns the value of a key in a mapping or in the mappings merged into it (YAML merge keys, `<<`), or undefined. */
  get(node: Node | null | undefined, key: string): Node | undefined {
    const map = this.#follow(node)
    if (!this.#yaml.isMap(map)) return undefined
    const found = this.#found.get(map) ?? new Map<string, Node | undefined>()
    this.#found.set(map, found)
    if (found.has(key)) return found.get(key)
    // A mapping that merges itself finds nothing.
    found.set(key, undefined)
    const values = map.items.flatMap(({ key: name, value }) => {
      const matches = this.#yaml.isScalar(name) && name.value === key
      return matches && this.#yaml.isNode(value) ? [value] : []
    })
    let value = values[0]
    if (!value && key !== '<<') {
      const merged = this.get(map, '<<')
      const sources = this.#yaml.isSeq(this.#follow(merged)) ? this.items(merged) : [merged]
      for (const source of sources) value ??= this.get(source, key)
    }
    found.set(key, value)
    return value
  }

  /** Returns the string keys of a mapping with their values; empty for anything else. */
  entries(node: Node | null | undefined): [key: string, value: Node][] {
    const map = this.#follow(node)
    if (!this.#yaml.isMap(map)) return []
    return map.items.flatMap(({ key, value }): [string, Node][] =>
      this.#yaml.isScalar(key) && typeof key.value === 'string' && this.#yaml.isNode(value) ? [[key.value, value]] : [],
    )
  }

  /** Returns the items of a sequence, or the values of a mapping; empty for anything else. */
  items(node: Node | null | undefined): Node[] {
    const target = this.#follow(node)
    if (this.#yaml.isSeq(target)) return target.items.filter((each) => this.#yaml.isNode(each))
    if (this.#yaml.isMap(target)) return target.items.flatMap(({ value }) => (this.#yaml.isNode(value) ? [value] : []))
    return []
  }

  /** Returns a string that is not empty; null for anything else. */
  text(node: Node | null | undefined): YamlText | null {
    const scalar = this.#follow(node)
    if (!scalar || !this.#yaml.isScalar(scalar) || typeof scalar.value !== 'string' || scalar.value === '') return null
    return { text: scalar.value, where: this.where(scalar) }
  }

  /** Returns a scalar as GitHub and compose put it into a text: `3.1` for the number 3.10. Null for anything else. */
  scalar(node: Node | null | undefined): string | null {
    const scalar = this.#follow(node)
    return this.#yaml.isScalar(scalar) ? String(scalar.value ?? '') : null
  }

  /** Returns the line of a node. */
  where(node: Node): Where {
    return this.#lineOf(node.range?.[0] ?? 0)
  }

  /** Returns start and end, in UTF-16 units of the file's text, of the last occurrence of a part of a string; null if the file spells it otherwise. */
  rangeOf(node: Node | null | undefined, part: string): readonly [start: number, end: number] | null {
    const [start, end] = this.#follow(node)?.range ?? [0, 0]
    const at = this.#source.slice(start, end).lastIndexOf(part)
    return at === -1 ? null : [start + at, start + at + part.length]
  }

  #follow(node: Node | null | undefined): Node | null | undefined {
    return node && this.#yaml.isAlias(node) ? this.#targets.get(node) : node
  }
}

/** Parses a YAML document (YAML 1.2). Throws YamlError. */
export async function parseYaml(file: string, text: string): Promise<YamlDocument> {
  if (text.length > MAX_YAML_CHARACTERS) throw new YamlError('it is too long', 1)
  // Loaded only for a YAML file, so that actions start fast.
  const yaml = await import('yaml')
  try {
    return new YamlDocument(file, text, yaml)
  } catch (cause) {
    if (cause instanceof RangeError) throw new YamlError('it is nested too deeply', 1)
    throw cause
  }
}
