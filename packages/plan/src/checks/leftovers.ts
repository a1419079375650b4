import { notice, type Problem, type Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { GENERATED_MARK_LINES, MAX_LEFTOVERS_SHOWN, MAX_SOURCE_LINE_CHARS } from '../limits.ts'
import { type Check, publishedCrates, type Subject } from './check.ts'

interface Leftover {
  code: string
  what: string
  hint: string
  rust: RegExp
  python: RegExp
  /** Whether it stands in comments; else it is code. */
  inComments: boolean
}

const LEFTOVERS: readonly Leftover[] = [
  {
    code: 'debug-code-left',
    what: 'debug code',
    hint: 'Take it out before the release.',
    rust: /(?<![\w:!])dbg!\s*[({[]/,
    python: /^[ \t]*(?:breakpoint\(|import i?pdb\b|from i?pdb import\b)|\b(?:i?pdb|ipdb)\.set_trace\(/m,
    inComments: false,
  },
  {
    code: 'debug-code-left',
    what: 'a place that is not implemented yet',
    hint: 'Implement it, or give an error back, before the release.',
    rust: /(?<![\w:!])(?:todo|unimplemented)!\s*[({[]/,
    python: /(?!)/,
    inComments: false,
  },
  {
    code: 'todo-left',
    what: 'a note of something undone',
    hint: 'Do it, or write it down where it does not go out.',
    rust: /\b(?:TODO|FIXME|XXX)\b/,
    python: /\b(?:TODO|FIXME|XXX)\b/,
    inComments: true,
  },
]

/** Comments; strings, those that end on another line too, and Rust's characters: not its lifetimes. */
const TOKENS = {
  rust: /\/\/.*|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])'/g,
  python: /#.*|"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)/g,
}

/** The lines of a file in two: code, with its strings emptied, and the comment after it. Long lines are data. */
function linesOf(text: string, language: 'rust' | 'python'): { code: string; comment: string }[] {
  return text.split('\n').map((line) => {
    if (line.length > MAX_SOURCE_LINE_CHARS) return { code: '', comment: '' }
    const mark = language === 'rust' ? '//' : '#'
    const bare = line.replace(TOKENS[language], (token) => (token.startsWith(mark) ? token : '""'))
    const at = bare.indexOf(mark)
    return at === -1 ? { code: bare, comment: '' } : { code: bare.slice(0, at), comment: bare.slice(at) }
  })
}

/** Lines of code without what is within `macro_rules!`: that is what the macro's users get, or stands for documentation. */
function outsideMacros(lines: readonly string[]): string[] {
  let depth = 0
  let isInside = false
  return lines.map((line) => {
    if (!isInside && !line.includes('macro_rules!')) return line
    let kept = ''
    for (const [part] of line.matchAll(/\bmacro_rules!|[({[]|[)}\]]|[^({[)}\]m]+|m/g)) {
      if (!isInside && part === 'macro_rules!') isInside = true
      else if (!isInside) kept += part
      else if (/^[({[]$/.test(part)) depth++
      else if (/^[)}\]]$/.test(part)) {
        depth = Math.max(0, depth - 1)
        isInside = depth > 0
      }
    }
    return kept
  })
}

/** What tools write at the top of a file that nobody edits. */
const GENERATED = /^\s*(?:\/\/|\/?\*|#).*(?:@generated\b|\bgenerated (?:by|from)\b|\bdo not (?:edit|modify)\b)/im

function isGenerated(text: string): boolean {
  return GENERATED.test(text.split('\n', GENERATED_MARK_LINES).join('\n'))
}

function leftIn(file: string, text: string, leftover: Leftover): Where[] {
  const isRust = file.endsWith('.rs')
  const pattern = isRust ? leftover.rust : leftover.python
  // Most files have nothing of it, and need not be taken apart.
  if (!pattern.test(text)) return []
  const all = linesOf(text, isRust ? 'rust' : 'python')
  // Unit tests stand at the end of a Rust file, by custom.
  const end = isRust ? all.findIndex((each) => /^\s*#\[cfg\((?:all\()?test\b/.test(each.code)) : -1
  const released = end === -1 ? all : all.slice(0, end)
  const codes = released.map((each) => each.code)
  const parts = leftover.inComments ? released.map((each) => each.comment) : isRust ? outsideMacros(codes) : codes
  return parts.flatMap((part, index) => (pattern.test(part) ? [{ file, line: index + 1 }] : []))
}

/** The sources that go out: those of the crates that do, and those of the packages and what they are built from. */
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
  const left = files.map(async (file) => {
    const text = await folder.read(file)
    return LEFTOVERS.map((each) => (text === null || isGenerated(text) ? [] : leftIn(file, text, each)))
  })
  const found = await Promise.all(left)
  return LEFTOVERS.flatMap(({ code, what, hint }, index) => {
    const all = found.flatMap((each) => each[index] ?? [])
    const more = all.length - MAX_LEFTOVERS_SHOWN
    return all.slice(0, MAX_LEFTOVERS_SHOWN).map((where, nth) => {
      const rest = more > 0 && nth === MAX_LEFTOVERS_SHOWN - 1 ? ` There is more of it, in ${more} other lines.` : ''
      return notice(code, `There is ${what} in what is released.${rest}`, hint, where)
    })
  })
}

const sources: Check = async (subject) => leftovers(subject.folder, sourcesOf(subject, await subject.folder.files()))

/** What nobody meant to release. */
export const SOURCE_CHECKS: readonly Check[] = [sources]
