import type { Fault } from './fault.ts'

/**
 * The directives of docutils 0.23 (docutils/parsers/rst/languages/en.py), without `include` and `raw`, which PyPI switches
 * off: it renders nothing that contains them (readme_renderer, `SETTINGS`).
 */
export const DIRECTIVES: ReadonlySet<string> = new Set(
  'admonition attention caution class code code-block compound container contents csv-table danger date default-role epigraph error figure footer header highlights hint image important line-block list-table math meta note parsed-literal pull-quote replace restructuredtext-test-directive role rst-class rubric section-numbering sectnum sidebar sourcecode table target-notes tip title topic unicode warning'.split(
    ' ',
  ),
)

/** The roles of docutils 0.23, of the same file, without `raw`. */
export const ROLES: ReadonlySet<string> = new Set(
  'ab abbreviation ac acronym anonymous-reference citation-reference code emphasis footnote-reference i index literal math named-reference pep pep-reference rfc rfc-reference strong sub subscript substitution-reference sup superscript t target title title-reference uri uri-reference url'.split(
    ' ',
  ),
)

const NAME = String.raw`[^\W_]+(?:[-._+:][^\W_]+)*`
const DIRECTIVE = new RegExp(String.raw`^\.\. +(?<name>${NAME}) ?::(?: |$)`)
const ROLE = new RegExp(String.raw`(?<![\\\w:\x60]):(?<name>${NAME}):\x60[^\x60\s]`, 'g')
const CUSTOM_ROLE = new RegExp(String.raw`^\.\. +role:: *(?<name>${NAME})`, 'gm')

/** Returns the blocks of a text: lines without a blank line between them. */
function blocksOf(text: string): string[][] {
  return text
    .split(/\n[ \t]*(?:\n[ \t]*)*\n|\n[ \t]*\n/)
    .map((each) => each.split('\n').filter((line) => line.trim() !== ''))
}

/**
 * Returns why PyPI cannot render a readme in reStructuredText: an unknown or disabled directive, or an unknown role. Null if
 * it has none in the text that is not indented; only docutils can say the rest.
 */
export function readmeFault(text: string): Fault | null {
  const custom = new Set([...text.matchAll(CUSTOM_ROLE)].map((each) => each.groups?.name?.toLowerCase()))
  const fault = (what: string): Fault => ({
    code: 'description-not-rendered',
    why: `it cannot render the readme, which uses ${what}`,
    hint: 'Use what docutils alone knows, without Sphinx; `twine check --strict` renders the readme as PyPI does.',
  })
  let isLiteral = false
  for (const block of blocksOf(text.replaceAll('\r\n', '\n'))) {
    const lines = block.filter((each) => !/^\s/.test(each))
    // After `::`, lines that begin with one punctuation character are literal.
    const isQuoted = isLiteral && lines.length > 0 && /^[!-/:-@[-`{-~]/.test(lines[0] as string)
    isLiteral = lines.length > 0 ? /::\s*$/.test(block.at(-1) as string) : isLiteral && lines.length === 0
    if (isQuoted || block[0]?.startsWith('>>>')) continue
    const name = DIRECTIVE.exec(block[0] ?? '')?.groups?.name?.toLowerCase()
    if (name !== undefined && !DIRECTIVES.has(name)) return fault(`the directive \`${name}\``)
    if (block[0]?.startsWith('.. ')) continue
    const paragraph = lines.join('\n').replace(/``[\s\S]*?``/g, '')
    for (const { groups } of paragraph.matchAll(ROLE)) {
      const role = groups?.name?.toLowerCase() ?? ''
      if (!ROLES.has(role) && !custom.has(role)) return fault(`the role \`${role}\``)
    }
  }
  return null
}
