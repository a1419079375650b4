import { error } from '@slipway/core/problem'
import type { Check } from './check.ts'

/** GitHub takes at most so many characters in a release's body. */
const LONGEST = 125_000

const length: Check = ({ project, section }) => {
  // A template of the project's own decides what is taken from the section.
  if (!section || !project.changelog || project.settings.notes !== null || section.notes.length <= LONGEST) return []
  const message = `The release notes have ${section.notes.length} characters; GitHub takes ${LONGEST}.`
  const hint = 'Shorten the section in the changelog, or link to it.'
  return [error('notes-too-long', message, hint, { file: project.changelog.file, line: section.line })]
}

/** Whether GitHub takes the release's notes. */
export const NOTES_CHECKS: readonly Check[] = [length]
