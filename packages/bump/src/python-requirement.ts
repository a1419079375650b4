import { acceptsPython } from '@slipway/core/python/specifier'
import { parsePython } from '@slipway/core/python/version'
import type { PythonPin } from '@slipway/project/python/sibling-requirement'

/** A clause of a version specifier or of Poetry's constraint, to edit: its operator, its numbers, and the text after them. */
const PART = /^(?<before>\s*(?:===|~=|[=!<>]=|[<>^~])?\s*)(?<operand>\d+(?:\.\d+)*)(?<after>[^,]*)$/

interface Part {
  before: string
  numbers: number[]
  after: string
}

function numbersOf(text: string): number[] {
  return text.split('.').map(Number)
}

/** Returns a version in a number of numbers; a prerelease stays whole. */
function shortened(version: string, length: number): string {
  const release = parsePython(version)?.release ?? []
  return version === release.join('.') ? release.slice(0, length).join('.') : version
}

/** Returns an upper bound as far above a version as the old bound was above the lower bound, or above zero without one. */
function movedUpperBound(upper: readonly number[], lower: readonly number[] | undefined, version: string): string {
  const numbers = parsePython(version)?.release.map(Number) ?? [0]
  const last = upper.findLastIndex((each) => each !== 0)
  const place = lower ? upper.findIndex((each, index) => each !== (lower[index] ?? 0)) : last
  return upper
    .map((_, index) => (index < place ? (numbers[index] ?? 0) : index === place ? (numbers[index] ?? 0) + 1 : 0))
    .join('.')
}

/**
 * Returns a Python package's requirement for another package whose version changes: unchanged if it accepts the new
 * version; else with the same operators, as precise as before; else the new version or a newer one.
 * @param version the new version, as PEP 440 spells it
 */
export function updatedPythonRequirement({ value, specifierOf }: PythonPin, version: string): string {
  const isAccepted = (text: string) => {
    const specifier = specifierOf(text)
    return specifier === null ? null : acceptsPython(specifier, version)
  }
  if (isAccepted(value) !== false) return value
  const parts = value.split(',').map((text): Part | string => {
    const groups = PART.exec(text)?.groups
    if (!groups) return text
    const { before = '', operand = '', after = '' } = groups
    return { before, numbers: numbersOf(operand), after }
  })
  const lower = parts.find((each): each is Part => typeof each !== 'string' && />/.test(each.before))
  const withNumbers = (length: (numbers: readonly number[]) => number) =>
    parts
      .map((each) => {
        if (typeof each === 'string' || /!/.test(each.before)) return each
        const { before, numbers, after } = each
        if (/<\s*$/.test(before)) return `${before}${movedUpperBound(numbers, lower?.numbers, version)}`
        return `${before}${shortened(version, length(numbers))}${after === '.*' ? after : ''}`
      })
      .map((each) => (typeof each === 'string' ? each : `${each.before}${each.numbers.join('.')}${each.after}`))
      .join(',')
  const candidates = [withNumbers((numbers) => numbers.length), withNumbers(() => Number.POSITIVE_INFINITY)]
  return candidates.find((each) => isAccepted(each)) ?? `>=${version}`
}
