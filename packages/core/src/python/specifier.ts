import { normalizePython } from './version.ts'

/** The parts of a Python version that PEP 440 orders by. */
interface Ordered {
  epoch: number
  release: number[]
  /** Prerelease, its number, post release, development release; compared in this order. */
  rest: number[]
  isPrerelease: boolean
  isPost: boolean
}

const NORMALIZED =
  /^(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:(?<pre>a|b|rc)(?<preNumber>\d+))?(?:\.post(?<post>\d+))?(?:\.dev(?<dev>\d+))?(?:\+.*)?$/

const RANK: Record<string, number> = { a: 0, b: 1, rc: 2 }

function ordered(text: string): Ordered | null {
  const parts = NORMALIZED.exec(normalizePython(text) ?? '')?.groups
  if (!parts) return null
  const { epoch = '0', release = '', pre, preNumber, post, dev } = parts
  // A plain development release precedes every prerelease.
  const rank = pre === undefined ? (post === undefined && dev !== undefined ? -1 : 3) : (RANK[pre] ?? 3)
  return {
    epoch: Number(epoch),
    release: release.split('.').map(Number),
    rest: [
      rank,
      Number(preNumber ?? 0),
      Number(post ?? -1),
      dev === undefined ? Number.POSITIVE_INFINITY : Number(dev),
    ],
    isPrerelease: pre !== undefined || dev !== undefined,
    isPost: post !== undefined,
  }
}

/** Returns the first difference of two lists of numbers; missing numbers count as zero. */
function difference(a: readonly number[], b: readonly number[]): number {
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index)
  const different = at.find((index) => (a[index] ?? 0) !== (b[index] ?? 0))
  return different === undefined ? 0 : (a[different] ?? 0) - (b[different] ?? 0)
}

function compareOrdered(a: Ordered, b: Ordered): number {
  return a.epoch - b.epoch || difference(a.release, b.release) || difference(a.rest, b.rest)
}

/** Whether a version starts with the first numbers of another. */
function beginsWith(version: Ordered, { epoch, release }: Ordered, length: number): boolean {
  const first = Array.from({ length }, (_, index) => version.release[index] ?? 0)
  return version.epoch === epoch && difference(first, release.slice(0, length)) === 0
}

function isWithin(version: Ordered, operator: string, operand: Ordered, isPrefix: boolean): boolean | null {
  const order = compareOrdered(version, operand)
  const isSame = beginsWith(version, operand, Math.max(version.release.length, operand.release.length))
  if (isPrefix) {
    const begins = beginsWith(version, operand, operand.release.length)
    return operator === '==' ? begins : operator === '!=' ? !begins : null
  }
  if (operator === '~=') {
    const length = operand.release.length - 1
    return length === 0 ? null : order >= 0 && beginsWith(version, operand, length)
  }
  if (operator === '==') return order === 0
  if (operator === '!=') return order !== 0
  if (operator === '>=') return order >= 0
  if (operator === '<=') return order <= 0
  // `<1.2` excludes prereleases of 1.2, and `>1.2` its post releases.
  if (operator === '<') return order < 0 && !(isSame && version.isPrerelease && !operand.isPrerelease)
  return order > 0 && !(isSame && version.isPost && !operand.isPost)
}

/** Matches one clause of a specifier: its operator, its version, and an optional `.*`. */
export const CLAUSE = /^\s*(~=|==|!=|<=|>=|<|>)\s*(\d[^\s,*]*?)(\.\*)?\s*$/

/** Bounds the work on hostile input: longer specifiers are not parsed. */
const LONGEST = 256

/**
 * Whether a version specifier accepts a version (PyPA specification "Version specifiers"), prereleases included, although
 * installers skip those by default. Returns null for an invalid specifier, or one with `===`.
 */
export function acceptsPython(specifier: string, version: string): boolean | null {
  const candidate = ordered(version)
  if (!candidate || specifier.length > LONGEST) return null
  const clauses = specifier.split(',').filter((each) => each.trim() !== '')
  const all = clauses.map((each) => {
    const [, operator = '', operand = '', prefix] = CLAUSE.exec(each) ?? []
    const compared = ordered(operand)
    return compared && isWithin(candidate, operator, compared, prefix !== undefined)
  })
  return all.includes(null) ? null : all.every((each) => each === true)
}

/**
 * Whether `requires-python` allows a Python. An unreadable clause is ignored, as pip does.
 * @param specifier null or undefined if there is none
 */
export function allowsPython(specifier: string | null | undefined, version: string): boolean {
  if (specifier == null || specifier.length > LONGEST) return true
  return specifier.split(',').every((each) => acceptsPython(each, version) !== false)
}
