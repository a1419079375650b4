/** PEP 440, without local versions; the letters are compared in lower case. */
const PUBLIC = String.raw`v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?`
const LOCAL = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`
const COMPARISON = String.raw`(?:===\s*[^\s;)]*|[=!]=\s*(?:v?(?:\d+!)?\d+(?:\.\d+)*\.\*|${PUBLIC}${LOCAL})|~=\s*(?=v?(?:\d+!)?\d+\.\d)${PUBLIC}|[<>]=?\s*${PUBLIC})`
const SPECIFIER = new RegExp(`^\\s*${COMPARISON}\\s*$`, 'i')
const SPECIFIERS = String.raw`(?:${COMPARISON}(?:\s*,\s*${COMPARISON})*\s*,?)?`
const IDENTIFIER = '[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?'
const EXTRAS = String.raw`(?:\[\s*(?:${IDENTIFIER}(?:\s*,\s*${IDENTIFIER})*)?\s*\])?`
const REQUIREMENT = new RegExp(
  String.raw`^\s*${IDENTIFIER}\s*${EXTRAS}\s*(?:@\s*(?<url>\S+)(?:\s+;(?<urlMarker>.*)|\s*)|(?:\(\s*${SPECIFIERS}\s*\)|${SPECIFIERS})\s*(?:;(?<marker>.*))?)$`,
  'is',
)

/** Whether a specifier set is valid (packaging, `SpecifierSet`: it drops empty parts). */
export function isSpecifierSet(text: string): boolean {
  return text.split(',').every((each) => each.trim() === '' || SPECIFIER.test(each))
}

/** Reads a requirement (packaging, `Requirement`). Returns its URL or null, and undefined if it is invalid. */
export function urlOfRequirement(text: string): string | null | undefined {
  const found = REQUIREMENT.exec(text)?.groups
  if (!found) return undefined
  const marker = found.urlMarker ?? found.marker
  return marker === undefined || isMarkerValid(marker) ? (found.url ?? null) : undefined
}

const VARIABLES =
  /^(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_release|platform_system|platform[._]version|platform[._]machine|platform[._]python_implementation|python_implementation|implementation_name|implementation_version|extras?|dependency_groups)$/

/** Whether an environment marker is valid (PEP 508): comparisons that `and`, `or` and parentheses join. */
function isMarkerValid(marker: string): boolean {
  const words = marker.match(/'[^']*'|"[^"]*"|[()]|[<>=!~]+|[\w.]+|\S/g) ?? []
  let at = 0
  const value = () => {
    const word = words[at++] ?? ''
    return /^['"]/.test(word) ? word.length > 1 : VARIABLES.test(word)
  }
  const operator = () => {
    const word = words[at++] ?? ''
    return word === 'not' ? words[at++] === 'in' : /^(?:in|===|==|~=|!=|<=|>=|<|>)$/.test(word)
  }
  const atom = (): boolean => {
    if (words[at] !== '(') return value() && operator() && value()
    at++
    return expression() && words[at++] === ')'
  }
  const expression = (): boolean => {
    if (!atom()) return false
    while (/^(?:and|or)$/.test(words[at] ?? '')) {
      at++
      if (!atom()) return false
    }
    return true
  }
  return expression() && at === words.length
}
