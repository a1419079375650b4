import { MAX_IGNORE_STEPS } from '../limits.ts'
import { globMatcher } from './glob.ts'

/** Rules that exclude paths, relative to the folder they are written for. */
export interface IgnoreRules {
  /**
   * Decides about a path by the last rule that matches it.
   * @returns true: excluded; false: included again; null: no rule matches
   */
  verdict(path: string, isFolder: boolean): boolean | null
  /** Returns the last rule that matches a path; null for none. */
  ruleFor(path: string, isFolder: boolean): MatchedRule | null
}

/** A rule that decides about a path. */
export interface MatchedRule {
  isIgnored: boolean
  /** The line of the rule, counted from 1. */
  line: number
}

/** The work that matching may still take, in characters times parts of a pattern. Each match takes from it. */
export interface MatchBudget {
  left: number
}

/** Returns a budget that is enough for tens of thousands of files and the rules that people write. */
export function matchBudget(): MatchBudget {
  return { left: MAX_IGNORE_STEPS }
}

interface Rule extends MatchedRule {
  matches(path: string): boolean
  isForFoldersOnly: boolean
}

/** Replaces escaped characters by sets of one, which `globMatcher` takes literally. */
function withoutEscapes(pattern: string): string {
  return pattern.replace(/\\([^[\]])/gsu, '[$1]').replaceAll('\\', '')
}

/** Removes the blanks at the end of a rule, which count only if escaped. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line.slice(0, line[end - 1] === '\\' ? end + 1 : end)
}

function ruleOf(line: string, number: number, budget: MatchBudget): Rule | null {
  const written = withoutTrailingBlanks(line.replace(/\r$/, ''))
  if (written === '' || written.startsWith('#')) return null
  const isIgnored = !written.startsWith('!')
  const body = isIgnored ? written : written.slice(1)
  const isForFoldersOnly = body.endsWith('/')
  const pattern = body.replace(/\/$/, '')
  // A slash before its end anchors a pattern to this folder. Any other pattern matches names in folders below too.
  const isAnchored = pattern.includes('/')
  const matchesGlob = globMatcher(withoutEscapes(pattern.replace(/^\//, '')))
  const parts = 1 + (pattern.match(/[*?[]/g)?.length ?? 0)
  const matches = (path: string) => {
    const compared = isAnchored ? path : path.slice(path.lastIndexOf('/') + 1)
    budget.left -= parts === 1 ? 1 : compared.length * parts
    return budget.left > 0 && matchesGlob(compared)
  }
  return { matches, isForFoldersOnly, isIgnored, line: number }
}

/**
 * Reads rules in the form of `.gitignore` (git's manual, gitignore(5)), which Cargo's `include` and `exclude` share.
 * @param budget bounds the work; once it is used up, no rule matches
 */
export function ignoreRules(lines: readonly string[], budget: MatchBudget): IgnoreRules {
  const rules = lines.map((each, index) => ruleOf(each, index + 1, budget)).filter((each) => each !== null)
  rules.reverse()
  const ruleFor = (path: string, isFolder: boolean) => {
    if (budget.left <= 0) return null
    return rules.find((each) => (isFolder || !each.isForFoldersOnly) && each.matches(path)) ?? null
  }
  return { ruleFor, verdict: (path, isFolder) => ruleFor(path, isFolder)?.isIgnored ?? null }
}

/** Decides about a path, or about the nearest folder above it if no rule matches the path. */
export function verdictWithParents(rules: IgnoreRules, path: string, isFolder: boolean): boolean | null {
  const own = rules.verdict(path, isFolder)
  const end = path.lastIndexOf('/')
  return own !== null || end === -1 ? own : verdictWithParents(rules, path.slice(0, end), true)
}
