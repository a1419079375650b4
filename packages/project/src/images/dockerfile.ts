import { parseImage } from '@slipway/core/image'
import { unquoted, wordsOf } from '@slipway/documents/shell-words'
import { substitute, UNSET } from '@slipway/documents/variables'

/** A stage of a Dockerfile, which begins with `FROM`. */
export interface Stage {
  /** Its base with arguments filled in: an image, an earlier stage or `scratch`. UNSET marks an argument without a value. */
  from: string
  /** In lower case, as stage names are compared; null for none. */
  name: string | null
  line: number
}

interface Instruction {
  /** Upper-case. */
  keyword: string
  rest: string
  line: number
  /** Its last line, without here-documents. */
  end: number
}

/** The instructions that may have here-documents (Dockerfile reference, "Here-Documents"), and ONBUILD, which wraps them. */
const WITH_DOCUMENTS = ['RUN', 'COPY', 'ADD', 'ONBUILD']

/** Returns the end marker of each here-document of an instruction, in order; with `tabs`, from `<<-`, tabs may precede it. */
function hereDocuments({ keyword, rest }: Instruction): { end: string; tabs: boolean }[] {
  if (!WITH_DOCUMENTS.includes(keyword) || !rest.includes('<<')) return []
  return wordsOf(rest).flatMap((word) => {
    const [, dash, end] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? []
    return end === undefined ? [] : [{ end: unquoted(end), tabs: dash === '-' }]
  })
}

/** Returns the escape character, from the parser directive at the top (Dockerfile reference, "Parser directives"). */
function escapeOf(lines: readonly string[]): '\\' | '`' {
  for (const line of lines) {
    const [, key, value] = /^#\s*([a-z][a-z0-9]*)\s*=\s*(.+)$/i.exec(line.trim()) ?? []
    if (key === undefined) break
    if (key.toLowerCase() === 'escape') return value === '`' ? '`' : '\\'
  }
  return '\\'
}

/** Yields the instructions with continued lines joined, without comments and here-documents (Dockerfile reference, "Format"). */
function* instructions(text: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const continues = escapeOf(lines) === '`' ? /(?<!`)`[ \t]*$/ : /(?<!\\)\\[ \t]*$/
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let joined = ''
    for (; at < lines.length; at++) {
      const each = lines[at] as string
      // Comments and empty lines are skipped between continued lines too.
      if (/^\s*(?:#|$)/.test(each)) {
        if (at + 1 === line) break
        continue
      }
      joined += each.replace(continues, '')
      if (!continues.test(each)) break
    }
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(joined) ?? []
    if (keyword === '') continue
    const instruction = { keyword: keyword.toUpperCase(), rest, line, end: Math.min(at + 1, lines.length) }
    yield instruction
    for (const { end, tabs } of hereDocuments(instruction)) {
      do at++
      while (at < lines.length && (tabs ? lines[at]?.replace(/^\t+/, '') : lines[at]) !== end)
    }
  }
}

/**
 * Adds build arguments to every stage, after its `FROM` (Dockerfile reference, "ARG"): commands see them as environment
 * variables, and the image does not keep them.
 * @param values without blanks and quotes
 */
export function withArguments(text: string, values: Readonly<Record<string, string>>): string {
  const lines = text.split('\n')
  const added = Object.entries(values).map(([name, value]) => `ARG ${name}=${value}`)
  const ends = [...instructions(text)].flatMap((each) => (each.keyword === 'FROM' ? [each.end] : []))
  for (const end of ends.reverse()) lines.splice(end, 0, ...added)
  return lines.join('\n')
}

/** Returns the commands that a Dockerfile runs, as written, with their lines (Dockerfile reference, "RUN"). */
export function runCommands(text: string): { command: string; line: number }[] {
  return [...instructions(text)].flatMap(({ keyword, rest, line }) =>
    keyword === 'RUN' ? [{ command: rest.replace(/^(?:--\S+\s+)+/, ''), line }] : [],
  )
}

/**
 * Returns the stages of a Dockerfile, in order (Dockerfile reference, "FROM", "Understand how ARG and FROM interact").
 * Arguments in `FROM` lines have the defaults set above the first `FROM`.
 * @param given values of arguments that the build sets
 */
export function readStages(text: string, given: Readonly<Record<string, string>> = {}): Stage[] {
  const defaults = new Map<string, string>()
  const withDefaults = (word: string) =>
    word.startsWith("'") ? unquoted(word) : substitute(word.replace(/["']/g, ''), (name) => defaults.get(name))
  const stages: Stage[] = []
  for (const { keyword, rest, line } of instructions(text)) {
    if (keyword === 'ARG' && stages.length === 0) {
      for (const word of wordsOf(rest)) {
        const [, name, value] = /^(\w+)(?:=(.*))?$/s.exec(word) ?? []
        if (name === undefined) continue
        if (Object.hasOwn(given, name)) defaults.set(name, given[name] as string)
        else if (value !== undefined) defaults.set(name, withDefaults(value))
      }
    } else if (keyword === 'FROM') {
      const [base, as, name] = wordsOf(rest).filter((word) => !word.startsWith('--'))
      const isNamed = as?.toLowerCase() === 'as' && name !== undefined
      stages.push({ from: withDefaults(base ?? ''), name: isNamed ? name.toLowerCase() : null, line })
    }
  }
  return stages
}

/**
 * Returns the base images of stages, each once, as written: without `scratch`, earlier stages, and names in which an
 * argument has no default.
 */
export function basesOf(stages: readonly Stage[]): string[] {
  const earlier = new Set(['scratch'])
  const bases = new Set<string>()
  for (const { from, name } of stages) {
    if (!from.includes(UNSET) && !earlier.has(from.toLowerCase()) && parseImage(from) !== null) bases.add(from)
    if (name !== null) earlier.add(name)
  }
  return [...bases]
}
