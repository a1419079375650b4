import { MAX_IGNORE_STEPS } from '../limits.ts'
import { globMatcher } from './glob.ts'

/** Rules of which paths are left out, relative to the folder that they are written for. */
export interface IgnoreRules {
  /**
   * What the rules say of a path, by the last of them that fits it.
   * @returns true: left out; false: taken back in; null: they say nothing
   */
  verdict(path: string, isFolder: boolean): boolean | null
}

/** What may still be spent on matching, in steps of characters times parts of a pattern. Used up by who matches. */
export interface Effort {
  left: number
}

/** What is enough for tens of thousands of files and the rules that people write, and takes seconds. */
export function ample(): Effort {
  return { left: MAX_IGNORE_STEPS }
}

interface Rule {
  matches(path: string): boolean
  isForFoldersOnly: boolean
  isIgnored: boolean
}

/** A backslash before a character takes its meaning away: as a set of one it has none. */
function withoutEscapes(pattern: string): string {
  return pattern.replace(/\\([^[\]])/gsu, '[$1]').replaceAll('\\', '')
}

/** A rule without the blanks at its end, which do not count, unless they are escaped. */
function withoutBlanks(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line.slice(0, line[end - 1] === '\\' ? end + 1 : end)
}

function ruleOf(line: string, effort: Effort): Rule | null {
  const written = withoutBlanks(line.replace(/\r$/, ''))
  if (written === '' || written.startsWith('#')) return null
  const isIgnored = !written.startsWith('!')
  const whole = isIgnored ? written : written.slice(1)
  const isForFoldersOnly = whole.endsWith('/')
  const pattern = whole.replace(/\/$/, '')
  // With a slash before its end a pattern is for this folder; else for names, in every folder below too.
  const isAnchored = pattern.includes('/')
  const matchesGlob = globMatcher(withoutEscapes(pattern.replace(/^\//, '')))
  const parts = 1 + (pattern.match(/[*?[]/g)?.length ?? 0)
  const matches = (path: string) => {
    const compared = isAnchored ? path : path.slice(path.lastIndexOf('/') + 1)
    effort.left -= parts === 1 ? 1 : compared.length * parts
    return effort.left > 0 && matchesGlob(compared)
  }
  return { matches, isForFoldersOnly, isIgnored }
}

/**
 * Reads rules in the form of `.gitignore` (git's manual, gitignore(5)), as Cargo's `include` and `exclude` have it too.
 * @param effort what may be spent on them: afterwards they say nothing any more
 */
export function ignoreRules(lines: readonly string[], effort: Effort): IgnoreRules {
  const rules = lines.map((each) => ruleOf(each, effort)).filter((each) => each !== null)
  rules.reverse()
  return {
    verdict(path, isFolder) {
      if (effort.left <= 0) return null
      return rules.find((each) => (isFolder || !each.isForFoldersOnly) && each.matches(path))?.isIgnored ?? null
    },
  }
}

/** What rules say of a path or, when they say nothing of it, of the nearest folder above it. */
export function verdictWithParents(rules: IgnoreRules, path: string, isFolder: boolean): boolean | null {
  const own = rules.verdict(path, isFolder)
  const end = path.lastIndexOf('/')
  return own !== null || end === -1 ? own : verdictWithParents(rules, path.slice(0, end), true)
}
