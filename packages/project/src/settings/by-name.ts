import { normalizeName } from '@slipway/core/name'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { SETTINGS_FILE, type Settings } from './settings.ts'

/** Whether a glob of the settings matches the name of a crate or Python package, compared as PyPI compares names. */
export function matchesName(glob: string, name: string): boolean {
  return globMatcher(normalizeName(glob))(normalizeName(name))
}

/**
 * Returns why the settings keep a crate or Python package from being published; null if they do not.
 * @param publish the setting in its own table, which counts more than the list
 */
export function whyKept({ publish: listed }: Settings, name: string, publish: boolean | undefined): string | null {
  if (publish === false) return `${SETTINGS_FILE} says \`publish = false\`.`
  if (publish || listed === null || listed.some((glob) => matchesName(glob, name))) return null
  return `\`publish\` in ${SETTINGS_FILE} does not list it.`
}
