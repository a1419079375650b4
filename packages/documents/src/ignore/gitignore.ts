import { type Effort, type IgnoreRules, ignoreRules } from './rules.ts'

/** Rules of a `.gitignore`, with the folder that they are relative to. */
export interface Scope {
  folder: string
  rules: IgnoreRules
}

/** A path as seen from a folder above it, which may be the project's own (`.`). */
export function from(folder: string, path: string): string {
  return folder === '.' ? path : path.slice(folder.length + 1)
}

/** The rules that the `.gitignore` of a folder has. @param effort what may be spent on them */
export function gitIgnoreScope(folder: string, text: string, effort: Effort): Scope {
  return { folder, rules: ignoreRules(text.split('\n'), effort) }
}

/** Whether a path is left out, by the nearest of the scopes that says anything of it (git's manual, gitignore(5)). @param scopes nearest first */
export function isIgnored(scopes: readonly Scope[], path: string, isFolder: boolean): boolean {
  for (const scope of scopes) {
    const verdict = scope.rules.verdict(from(scope.folder, path), isFolder)
    if (verdict !== null) return verdict
  }
  return false
}
