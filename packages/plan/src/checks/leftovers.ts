import { notice, type Problem, type Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { GENERATED_MARK_LINES, MAX_SOURCE_LINE_CHARS } from '../limits.ts'
import { type Check, publishedCrates, type Subject } from './check.ts'

interface Leftover {
  code: string
  what: string
  hint: string
  rust: RegExp
  python: RegExp
  /** Whether to search comments rather than code. */
  inComments: boolean
}

const LEFTOVERS: readonly Leftover[] = [
  {
    code: 'debug-code-left',
    what: 'debug code',
    hint: 'Remove it before the release.',
    rust: /(?<![\w:!])dbg!\s*[({[]/,
    python: /^[ \t]*(?:breakpoint\(|import i?pdb\b|from i?pdb import\b)|\b(?:i?pdb|ipdb)\.set_trace\(/m,
    inComments: false,
  },
  {
    code: 'debug-code-left',
    what: 'unimplemented code',
    hint: 'Implement it, or return an error, before the release.',
    rust: /(?<![\w:!])(?:todo|unimplemented)!\s*[({[]/,
    python: /(?!)/,
    inComments: false,
  },
  {
    code: 'todo-left',
    what: 'a TODO comment',
    hint: 'Do it, or track it outside the sources.',
    rust: /\b(?:TODO|FIXME|XXX)\b/,
    python: /\b(?:TODO|FIXME|XXX)\b/,
    inComments: true,
  },
]

/** Comments, strings (also those that end on another line) and Rust's characters, but not its lifetimes. */
const TOKENS = {
  rust: /\/\/.*|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])'/g,
  python: /#.*|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)/g,
}

/** Splits each line of a file into code, with its strings emptied, and the comment after it. Long lines are data. */
function linesOf(text: string, language: 'rust' | 'python'): { code: string; comment: string }[] {
  return text.split('\n').map((line) => {
    if (line.length > MAX_SOURCE_LINE_CHARS) return { code: '', comment: '' }
    const mark = language === 'rust' ? '//' : '#'
    const bare = line.replace(TOKENS[language], (token) => (token.startsWith(mark) ? token : '""'))
    const at = bare.indexOf(mark)
    return at === -1 ? { code: bare, comment: '' } : { code: bare.slice(0, at), comment: bare.slice(at) }
  })
}

/** Returns lines of code without the bodies of `macro_rules!`, which the macro's users get, or which document it. */
function outsideMacros(lines: readonly string[]): string[] {
  let depth = 0
  let isInside = false
  return lines.map((line) => {
    if (!isInside && !line.includes('macro_rules!')) return line
    let outside = ''
    for (const [part] of line.matchAll(/\bmacro_rules!|[({[]|[)}\]]|[^({[)}\]m]+|m/g)) {
      if (!isInside && part === 'macro_rules!') isInside = true
      else if (!isInside) outside += part
      else if (/^[({[]$/.test(part)) depth++
      else if (/^[)}\]]$/.test(part)) {
        depth = Math.max(0, depth - 1)
        isInside = depth > 0
      }
    }
    return outside
  })
}

/** The mark that tools leave at the top of generated files. */
const GENERATED = /^\s*(?:\/\/|\/?\*|#).*(?:@generated\b|\bgenerated (?:by|from)\b|\bdo not (?:edit|modify)\b)/im

function isGenerated(text: string): boolean {
  return GENERATED.test(text.split('\n', GENERATED_MARK_LINES).join('\n'))
}

/** Returns the lines of a file that contain a leftover. */
function linesWith(file: string, text: string, leftover: Leftover): Where[] {
  const isRust = file.endsWith('.rs')
  const pattern = isRust ? leftover.rust : leftover.python
  // Most files have none, and need not be split into tokens.
  if (!pattern.test(text)) return []
  const all = linesOf(text, isRust ? 'rust' : 'python')
  // By convention, unit tests are at the end of a Rust file.
  const end = isRust ? all.findIndex((each) => /^\s*#\[cfg\((?:all\()?test\b/.test(each.code)) : -1
  const released = end === -1 ? all : all.slice(0, end)
  const codes = released.map((each) => each.code)
  const parts = leftover.inComments ? released.map((each) => each.comment) : isRust ? outsideMacros(codes) : codes
  return parts.flatMap((part, index) => (pattern.test(part) ? [{ file, line: index + 1 }] : []))
}

/** Returns the published sources: those of published crates, and of packages and the crates they are built from. */
function sourcesOf(subject: Subject, files: readonly string[]): string[] {
  const packages = subject.project.packages.filter((each) => each.reason === undefined)
  const ofRust = [...publishedCrates(subject), ...packages.flatMap((each) => each.crate ?? [])].map((each) =>
    join(each.path, 'src'),
  )
  const ofPython = packages.flatMap(({ imports }) =>
    imports.flatMap((each) => each.file?.replace(/\/__init__\.py$/, '') ?? []),
  )
  const isBelow = (file: string, folders: readonly string[]) =>
    folders.some((each) => file === each || file.startsWith(`${each}/`))
  return files.filter((file) => {
    if (/(?:^|\/)tests?(?:\/|\.(?:rs|py)$)|(?:^|\/)test_[^/]*$|_test\.(?:rs|py)$/.test(file)) return false
    return (file.endsWith('.rs') && isBelow(file, ofRust)) || (file.endsWith('.py') && isBelow(file, ofPython))
  })
}

async function leftovers(folder: Folder, files: readonly string[]): Promise<Problem[]> {
  const searched = files.map(async (file) => {
    const text = await folder.read(file)
    return LEFTOVERS.map((each) => (text === null || isGenerated(text) ? [] : linesWith(file, text, each)))
  })
  const found = await Promise.all(searched)
  return LEFTOVERS.flatMap(({ code, what, hint }, index) =>
    found
      .flatMap((each) => each[index] ?? [])
      .map((where) => notice(code, `The released sources contain ${what}.`, hint, where)),
  )
}

const sources: Check = async (subject) => leftovers(subject.folder, sourcesOf(subject, await subject.folder.files()))

/** Looks for debug code and TODOs in the published sources. */
export const SOURCE_CHECKS: readonly Check[] = [sources]
