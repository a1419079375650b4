import { MAX_REQUIREMENT_CHARACTERS } from '../limits.ts'
import { comparePython, compareReleases, isPythonPrerelease, type PythonVersion, parsePython } from './version.ts'

/** A clause of a version specifier. */
export interface Clause {
  operator: '===' | '~=' | '==' | '!=' | '<=' | '>=' | '<' | '>'
  /** The version as spelled, without `.*`. */
  operand: string
  /** Null after `===`, which takes any text. */
  version: PythonVersion | null
  /** Whether `.*` follows the version. */
  isPrefix: boolean
  /** Start and end of the operand in the specifier, in UTF-16 units. */
  range: readonly [start: number, end: number]
}

const CLAUSE = /^\s*(?<operator>===|~=|[=!]=|[<>]=?)\s*(?<operand>[^\s;)]+?)(?<prefix>\.\*)?\s*$/d

/** Parses a clause that begins at an offset of the specifier. */
function parseClause(text: string, offset: number): Clause | null {
  const match = CLAUSE.exec(text)
  const { operator, operand = '', prefix } = (match?.groups ?? {}) as { [key: string]: string } & Partial<Clause>
  const found = match?.indices?.groups?.operand
  if (operator === undefined || !found) return null
  const range = [found[0] + offset, found[1] + offset] as const
  if (operator === '===') return { operator, operand: operand + (prefix ?? ''), version: null, isPrefix: false, range }
  const version = parsePython(operand)
  if (!version) return null
  const isPrefix = prefix !== undefined
  const isPlain = !version.pre && version.post === null && version.dev === null && version.local.length === 0
  const isEquality = operator === '==' || operator === '!='
  if (isPrefix && !(isEquality && isPlain)) return null
  if ((version.local.length > 0 && !isEquality) || (operator === '~=' && version.release.length < 2)) return null
  return { operator, operand, version, isPrefix, range }
}

/**
 * Parses a version specifier (PyPA specification "Version specifiers"): comparisons joined by commas, of which there may be
 * too many, as pip accepts. Empty for an empty specifier. Null for an invalid specifier, and for one of more than
 * `MAX_REQUIREMENT_CHARACTERS`.
 */
export function parseSpecifier(text: string): Clause[] | null {
  if (text.length > MAX_REQUIREMENT_CHARACTERS) return null
  const clauses: Clause[] = []
  let offset = 0
  for (const part of text.split(',')) {
    const clause = part.trim() === '' ? undefined : parseClause(part, offset)
    if (clause === null) return null
    if (clause) clauses.push(clause)
    offset += part.length + 1
  }
  return clauses
}

function withoutLocal(version: PythonVersion): PythonVersion {
  return { ...version, local: [] }
}

/** Whether a version starts with the first numbers of another; numbers that it does not have count as zero. */
function beginsWith(version: PythonVersion, { epoch, release }: PythonVersion, length: number): boolean {
  const first = Array.from({ length }, (_, index) => version.release[index] ?? '0')
  return version.epoch === epoch && compareReleases(first, release.slice(0, length)) === 0
}

/** Whether a version is a post release of another, or that version itself. */
function isPostOf({ epoch, release, pre }: PythonVersion, other: PythonVersion): boolean {
  const isSamePre = pre?.letter === other.pre?.letter && pre?.number === other.pre?.number
  return isSamePre && epoch === other.epoch && compareReleases(release, other.release) === 0
}

/**
 * Whether a clause accepts a version.
 * @param spelling of the version, which `===` compares
 */
export function isWithin(candidate: PythonVersion, clause: Clause, spelling: string): boolean {
  const { operator, operand, version, isPrefix } = clause
  if (!version) return operand.toLowerCase() === spelling.toLowerCase()
  if (operator === '==' || operator === '!=') {
    const isEqual = isPrefix
      ? beginsWith(candidate, version, version.release.length)
      : comparePython(version.local.length > 0 ? candidate : withoutLocal(candidate), version) === 0
    return isEqual === (operator === '==')
  }
  const order = comparePython(withoutLocal(candidate), version)
  if (operator === '~=') return order >= 0 && beginsWith(candidate, version, version.release.length - 1)
  if (operator === '>=') return order >= 0
  if (operator === '<=') return order <= 0
  // `<1.2` also excludes the prereleases of 1.2, of which 1.2.dev0 is the first.
  if (operator === '<') {
    return comparePython(candidate, isPythonPrerelease(version) ? version : { ...version, dev: '0', local: [] }) < 0
  }
  // `>1.2` also excludes the post releases of 1.2.
  return order > 0 && !(version.post === null && version.dev === null && isPostOf(candidate, version))
}

/**
 * Whether a version specifier accepts a version (PyPA specification "Version specifiers"), prereleases included, although
 * installers skip those by default. Returns null for an invalid or too long specifier, and for an invalid version.
 */
export function acceptsPython(specifier: string, version: string): boolean | null {
  const candidate = parsePython(version)
  const clauses = parseSpecifier(specifier)
  if (!candidate || !clauses) return null
  return clauses.every((each) => isWithin(candidate, each, version))
}
