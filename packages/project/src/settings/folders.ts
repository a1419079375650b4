import { globMatcher } from '@slipway/documents/ignore/glob'
import { folderOf } from '@slipway/documents/paths'
import type { Settings } from './settings.ts'

/**
 * Returns whether globs cover a folder: one matches it, or a folder above it. `external/**` covers `external` too.
 * Remembers its answers, since many files are in one folder.
 */
export function covering(globs: readonly string[]): (folder: string) => boolean {
  const matchers = globs.map((each) => globMatcher(each.replace(/\/+$/, '')))
  const known = new Map<string, boolean>([['.', globs.includes('.')]])
  const covers = (folder: string): boolean => {
    const answer =
      known.get(folder) ??
      (covers(folderOf(folder)) || matchers.some((matches) => matches(folder) || matches(`${folder}/`)))
    known.set(folder, answer)
    return answer
  }
  return matchers.length === 0 ? () => false : covers
}

/** Whether the settings release what is in a folder, even one that is internal by its name. */
export function isIncluded({ include }: Settings, folder: string): boolean {
  return covering(include)(folder)
}
