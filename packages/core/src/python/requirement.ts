import { MAX_REQUIREMENT_CHARACTERS } from '../limits.ts'
import { type Clause, parseSpecifier } from './specifier.ts'

/** A requirement of a Python package: `name[extra] >=1.2,<2; marker`, or `name @ url`. */
export interface PythonRequirement {
  /** As its author spells it. */
  name: string
  extras: string[]
  /** The clauses of the specifier; empty without one. */
  clauses: Clause[]
  /** The specifier, without parentheses; empty without one. */
  specifier: string
  /** Start of the specifier in the text, in UTF-16 units. */
  start: number
  url: string | null
  /** The text after `;`, not parsed; null without one. */
  marker: string | null
}

const NAME = String.raw`[A-Za-z0-9](?:[\w.-]*\w)?`
const EXTRAS = String.raw`\[\s*(?<extras>${NAME}(?:\s*,\s*${NAME})*)?\s*\]`
const REQUIREMENT = new RegExp(
  String.raw`^\s*(?<name>${NAME})\s*(?:${EXTRAS}\s*)?(?:@\s*(?<url>\S+)(?=\s|$)\s*|\((?<inner>[^()]*)\)\s*|(?<specifier>[<>=!~,][^@();]*))?(?:;(?<marker>.*))?$`,
  'ds',
)

/**
 * Parses a requirement (PyPA specification "Dependency specifiers", PEP 508). Null for an invalid one, and for one of more
 * than `MAX_REQUIREMENT_CHARACTERS`. Its marker is not checked, and extra commas are accepted, as some tools do.
 */
export function parseRequirement(text: string): PythonRequirement | null {
  const match = text.length > MAX_REQUIREMENT_CHARACTERS ? null : REQUIREMENT.exec(text)
  if (!match?.groups) return null
  const { name = '', extras, url = null, inner, specifier: bare, marker } = match.groups
  const found = inner ?? bare ?? ''
  const specifier = found.trim()
  const { inner: innerRange, specifier: bareRange } = match.indices?.groups ?? {}
  const start = ((innerRange ?? bareRange)?.[0] ?? 0) + found.length - found.trimStart().length
  const clauses = parseSpecifier(specifier)
  if (!clauses) return null
  return {
    name,
    extras: extras?.split(',').map((each) => each.trim()) ?? [],
    clauses,
    specifier,
    start,
    url,
    marker: marker?.trim() ?? null,
  }
}
