import { MAX_REQUIREMENT_CHARACTERS } from '../limits.ts'

/** The tokens of a marker (PyPA specification "Dependency specifiers", "Environment markers"; with pip's older spellings). */
const TOKEN =
  /[ \t]*(?:(?<paren>[()])|(?<value>'[^']*'|"[^"]*"|(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b)|(?<operator>===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b)|(?<join>and\b|or\b))/y

/**
 * Whether a text is an environment marker: `python_version < "3.11" and (os_name == "nt" or extra == "x")`. A text of more
 * than `MAX_REQUIREMENT_CHARACTERS` is none.
 */
export function isMarker(text: string): boolean {
  if (text.length > MAX_REQUIREMENT_CHARACTERS) return false
  const end = text.trimEnd().length
  let depth = 0
  /** How many parts of the comparison were read: value, operator, value. */
  let read = 0
  let at = 0
  while (at < end) {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (!groups) return false
    at = TOKEN.lastIndex
    if (groups.paren === '(' && read === 0) depth++
    else if (groups.paren === ')' && read === 3 && depth > 0) depth--
    else if (groups.value !== undefined && (read === 0 || read === 2)) read++
    else if (groups.operator !== undefined && read === 1) read++
    else if (groups.join !== undefined && read === 3) read = 0
    else return false
  }
  return depth === 0 && read === 3
}
