import { type IgnoreRules, ignoreRules, type MatchBudget } from './rules.ts'

/** The rules of a `.gitignore`, with the folder they are relative to. */
export interface Scope {
  folder: string
  rules: IgnoreRules
}

/** Returns a path relative to a folder above it, which may be the project's own (`.`). */
export function relativeTo(folder: string, path: string): string {
  return folder === '.' ? path : path.slice(folder.length + 1)
}

/** Reads the `.gitignore` of a folder. @param budget bounds the work of matching */
export function gitIgnoreScope(folder: string, text: string, budget: MatchBudget): Scope {
  return { folder, rules: ignoreRules(text.split('\n'), budget) }
}

/** Whether a path is ignored, by the nearest scope with a matching rule (git's manual, gitignore(5)). @param scopes nearest first */
export function isIgnored(scopes: readonly Scope[], path: string, isFolder: boolean): boolean {
  for (const scope of scopes) {
    const verdict = scope.rules.verdict(relativeTo(scope.folder, path), isFolder)
    if (verdict !== null) return verdict
  }
  return false
}
