import { parseImage } from '@slipway/core/image'
import { unquoted, wordsOf } from '@slipway/documents/shell-words'
import { substitute, UNSET } from '@slipway/documents/variables'

/** A stage of a Dockerfile: what begins with `FROM`. */
export interface Stage {
  /** What it is made from, arguments filled in: an image, an earlier stage or `scratch`. UNSET is in it where an argument has no value. */
  from: string
  /** Lower-case, as stages' names are compared; null when it has none. */
  name: string | null
  line: number
}

interface Instruction {
  /** Upper-case. */
  keyword: string
  rest: string
  line: number
}

/** Instructions that may have here-documents (Dockerfile reference, "Here-Documents"); ONBUILD for one of the others. */
const WITH_DOCUMENTS = ['RUN', 'COPY', 'ADD', 'ONBUILD']

/** What ends each here-document of an instruction, in order; `tabs` may stand before it where it began with `<<-`. */
function hereDocuments({ keyword, rest }: Instruction): { end: string; tabs: boolean }[] {
  if (!WITH_DOCUMENTS.includes(keyword) || !rest.includes('<<')) return []
  return wordsOf(rest).flatMap((word) => {
    const [, dash, end] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? []
    return end === undefined ? [] : [{ end: unquoted(end), tabs: dash === '-' }]
  })
}

/** The escape character: that of the parser directive, which stands above all else (Dockerfile reference, "Parser directives"). */
function escapeOf(lines: readonly string[]): '\\' | '`' {
  for (const line of lines) {
    const [, key, value] = /^#\s*([a-z][a-z0-9]*)\s*=\s*(.+)$/i.exec(line.trim()) ?? []
    if (key === undefined) break
    if (key.toLowerCase() === 'escape') return value === '`' ? '`' : '\\'
  }
  return '\\'
}

/** The instructions, continued lines joined, without comments and here-documents (Dockerfile reference, "Format"). */
function* instructions(text: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const continues = escapeOf(lines) === '`' ? /(?<!`)`[ \t]*$/ : /(?<!\\)\\[ \t]*$/
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let joined = ''
    for (; at < lines.length; at++) {
      const each = lines[at] as string
      // Between continued lines too, comments and empty lines are left out.
      if (/^\s*(?:#|$)/.test(each)) {
        if (at + 1 === line) break
        continue
      }
      joined += each.replace(continues, '')
      if (!continues.test(each)) break
    }
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(joined) ?? []
    if (keyword === '') continue
    const instruction = { keyword: keyword.toUpperCase(), rest, line }
    yield instruction
    for (const { end, tabs } of hereDocuments(instruction)) {
      do at++
      while (at < lines.length && (tabs ? lines[at]?.replace(/^\t+/, '') : lines[at]) !== end)
    }
  }
}

/**
 * The stages of a Dockerfile, in order, by the Dockerfile reference ("FROM", "Understand how ARG and FROM interact"):
 * arguments in `FROM` lines have the defaults that stand above the first of them.
 */
export function readStages(text: string): Stage[] {
  const defaults = new Map<string, string>()
  const filledIn = (word: string) =>
    word.startsWith("'") ? unquoted(word) : substitute(word.replace(/["']/g, ''), (name) => defaults.get(name))
  const stages: Stage[] = []
  for (const { keyword, rest, line } of instructions(text)) {
    if (keyword === 'ARG' && stages.length === 0) {
      for (const word of wordsOf(rest)) {
        const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? []
        if (name !== undefined && value !== undefined) defaults.set(name, filledIn(value))
      }
    } else if (keyword === 'FROM') {
      const [from, as, name] = wordsOf(rest).filter((word) => !word.startsWith('--'))
      const named = as?.toLowerCase() === 'as' && name !== undefined
      stages.push({ from: filledIn(from ?? ''), name: named ? name.toLowerCase() : null, line })
    }
  }
  return stages
}

/**
 * The images that stages are made from, each once, as written there: without `scratch`, earlier stages, and what cannot
 * be known because an argument has no default.
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
