import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parseAst } from 'rolldown/parseAst'
import { files, root } from './checkout.ts'

/** Words that do not fit in this sense, and what to write instead. A word with a hyphen, as in `stand-ins`, is another word. */
const AVOIDED: readonly (readonly [pattern: string, instead: string])[] = [
  ['told', 'reported'],
  ['tells (?:of|how|what|when|where|whether|which|who)', 'reports, says'],
  ['(?:stands?|stood)(?! (?:for|in for|alone)\\b)', 'is'],
  ['lack(?:s|ed|ing)?', 'is missing, has no'],
  ['(?<!\\bthere )(?:is|are|be|was|were) (?-i:none)(?! of)', 'is missing, has no'],
  ['besides', 'also, in addition to'],
  ['mend(?:s|ed|ing)?', 'fix'],
  ['(?:go|goes|going|lead|leads) nowhere', 'is not published, does not exist'],
  ['(?:that|which|what|who) (?:is|are|was|were) (?:not )?there', 'existing, missing'],
  ['of (?:its|their) own(?! (?!and|at|for|in|or|that|to|which|with)[a-z])', 'separate, or nothing'],
  ['rooms?(?! (?:for|on))', 'package'],
  ['the words(?! (?:of|in)\\b)', 'domain types'],
  ['as (?:it is|they are) on the day', 'is not pinned, so a rebuild may differ'],
  ['belongs? into', 'belongs to'],
  ['looked at', 'checked'],
  ['gone on with', 'uses, continues with'],
  ['(?:can|could|cannot|may|to) be had', 'is available'],
  ['otherwise than', 'differently from'],
  ['(?:only|but) who', 'only somebody who'],
  ['one that [^.;:]*\\bone that', 'the name of the thing'],
]

const RULES = AVOIDED.map(([pattern, instead]) => ({
  pattern: new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, 'giu'),
  instead,
}))

/** A text that users can read, and the line that it begins at. */
interface Passage {
  text: string
  line: number
}

interface SyntaxNode {
  type: string
  start: number
  value?: unknown
  source?: unknown
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'

/** Returns the string and template texts below a syntax node, without names of modules and literal types. */
function literals(node: SyntaxNode): { text: string; start: number }[] {
  if (node.type === 'TSLiteralType') return []
  // An escaped line break is no line of the source.
  if (node.type === 'Literal') {
    return typeof node.value === 'string' ? [{ text: node.value.replaceAll('\n', ' '), start: node.start }] : []
  }
  if (node.type === 'TemplateElement') {
    const { raw } = node.value as { raw: string }
    return [{ text: raw.replaceAll('\\n', '  '), start: node.start }]
  }
  const isModuleName = /^(?:Import|ExportNamed|ExportAll)/.test(node.type)
  return Object.entries(node).flatMap(([key, value]) => {
    if (isModuleName && key === 'source') return []
    return [value].flat().filter(isNode).flatMap(literals)
  })
}

/** Returns the messages, hints and other texts of a TypeScript source. */
function passagesOfSource(code: string): Passage[] {
  const program: unknown = parseAst(code, { lang: 'ts' })
  if (!isNode(program)) throw new Error('The parser returned no syntax node.')
  return literals(program).map(({ text, start }) => ({ text, line: code.slice(0, start).split('\n').length }))
}

/** Returns the paragraphs of a Markdown file. Tables that `npm run docs` writes are checked where their texts come from. */
function passagesOfMarkdown(text: string): Passage[] {
  const blanked = text.replace(/<!-- (\w+) -->[\s\S]*?<!-- \/\1 -->/g, (table) => table.replace(/[^\n]/g, ''))
  let line = 1
  return blanked.split(/(\n\s*\n)/).map((part) => {
    const passage = { text: part, line }
    line += part.split('\n').length - 1
    return passage
  })
}

/** Returns the passages of a file that users read, or none for any other file. */
function passagesOf(file: string): Passage[] {
  const read = () => readFileSync(join(root, file), 'utf8')
  if (/^(?:packages|actions)\/[^/]+\/src\/.*\.ts$/.test(file)) return passagesOfSource(read())
  if (/^(?:docs|actions|examples)\/.*\.md$|^[A-Z]+\.md$|^\.github\/.*\.md$/.test(file))
    return passagesOfMarkdown(read())
  if (/^(?:actions\/[^/]+\/)?action\.yml$|^\.github\/.*\.ya?ml$/.test(file)) return passagesOfMarkdown(read())
  return []
}

/** Returns every avoided word in a passage with its line and a better word. */
function found({ text, line }: Passage): string[] {
  // A line break inside a phrase counts as a blank.
  const flat = text
    .replace(/\n[ #>|*-]*/g, (lineBreak) => `\n${' '.repeat(lineBreak.length - 1)}`)
    .replaceAll('\n', ' ')
  return RULES.flatMap(({ pattern, instead }) =>
    [...flat.matchAll(pattern)].map(({ 0: word, index }) => {
      const at = line + text.slice(0, index).split('\n').length - 1
      return `${at}: “${word.replace(/\s+/g, ' ')}” → ${instead}`
    }),
  )
}

const said = (text: string) => found({ text, line: 1 }).length

test('the rules find the avoided words, and nothing else', () => {
  const wrong = [
    'The line that is told.',
    'the version stands in 10 places',
    'A crate lacks a version.',
    'the date is none',
    'and a warning besides',
    'How to mend it',
    'the crate goes nowhere',
    'the draft that is there',
    'into a folder of its own',
    'a room may use rooms',
    'the folder that it belongs\ninto',
    'Looked at are manifests',
    'the oldest is gone on with',
    'only who publishes sees it',
  ]
  expect(wrong.filter((each) => said(each) === 0)).toEqual([])
  const right = [
    'packages/stand-ins, wheel-lacks-module, recommend, amend, understand',
    '`{version}` stands for the version',
    'empty if there is none',
    'the README has room for the rest',
    'the words of the registry',
    'already there',
    'in its own list',
    'a job of your own workflow',
    'a guide tells readers to install it',
  ]
  expect(right.filter((each) => said(each) > 0)).toEqual([])
})

test('only texts of a source count, at their lines', () => {
  const code = [
    "import told from 'told'",
    "type Told = 'told'",
    '// told',
    "const told = 'é' + `a",
    " told` + '\\n told'",
    "say('“it” lacks')",
  ].join('\n')
  expect(passagesOfSource(code).flatMap(found)).toEqual([
    expect.stringMatching(/^5: “told”/),
    expect.stringMatching(/^5: “told”/),
    expect.stringMatching(/^6: “lacks”/),
  ])
})

test('texts that users read are plain English', () => {
  expect(
    files.flatMap((file) =>
      passagesOf(file)
        .flatMap(found)
        .map((place) => `${file}:${place}`),
    ),
  ).toEqual([])
})
