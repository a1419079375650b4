import { MAX_RELEASE_NOTES_CHARACTERS } from '@slipway/core/limits'
import { error } from '@slipway/core/problem'
import type { Check } from '../check.ts'

const length: Check = ({ project, section, notes }) => {
  if (notes === null || notes.length <= MAX_RELEASE_NOTES_CHARACTERS) return []
  const { settings, changelog } = project
  const message = `GitHub refuses the release notes: they have ${notes.length} characters, and ${MAX_RELEASE_NOTES_CHARACTERS} are allowed.`
  const hint = 'Shorten the section in the changelog, or link to it.'
  const file = settings.notes ?? changelog?.file
  const line = settings.notes === null && section ? section.line : 1
  return [error('notes-too-long', message, hint, file === undefined ? undefined : { file, line })]
}

/** Checks that GitHub accepts the release notes. */
export const NOTES_CHECKS: readonly Check[] = [length]
