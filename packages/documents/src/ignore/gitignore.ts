import { folderOf, join } from '../paths.ts'
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
  return ignoringRule(scopes, path, isFolder) !== null
}

/** Returns the file and line of the rule that ignores a path itself; null if none does. @param scopes nearest first */
export function ignoringRule(scopes: readonly Scope[], path: string, isFolder: boolean) {
  for (const { folder, rules } of scopes) {
    const rule = rules.ruleFor(relativeTo(folder, path), isFolder)
    if (rule) return rule.isIgnored ? { file: join(folder, '.gitignore'), line: rule.line } : null
  }
  return null
}

/** Reads files by their paths in the project. */
interface Files {
  read(file: string): Promise<string | null>
}

/** Returns the scope of a folder's own `.gitignore`; none if it has no such file. */
export async function gitIgnoreOf(files: Files, folder: string, budget: MatchBudget): Promise<Scope[]> {
  const text = await files.read(join(folder, '.gitignore'))
  return text === null ? [] : [gitIgnoreScope(folder, text, budget)]
}

/** Returns the scopes of a folder and of each one above it, up to the project's, nearest first. */
export async function scopesOf(files: Files, folder: string, budget: MatchBudget): Promise<Scope[]> {
  const own = await gitIgnoreOf(files, folder, budget)
  return folder === '.' ? own : [...own, ...(await scopesOf(files, folderOf(folder), budget))]
}
