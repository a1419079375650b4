import { acceptsPython } from '@slipway/core/specifier'
import type { PythonPin } from '@slipway/project/python/sibling-requirement'

/** A part of a requirement: what stands before its numbers, these, and what stands after. */
const PART = /^(?<before>\s*(?:~=|[=!<>]=|[<>^~])?\s*)(?<operand>\d+(?:\.\d+)*)(?<after>[^,]*)$/

interface Part {
  before: string
  numbers: number[]
  after: string
}

function numbersOf(text: string): number[] {
  return text.split('.').map(Number)
}

/** A version in as many numbers as another has. */
function shortened(version: string, length: number): string {
  const [release = ''] = /^\d+(?:\.\d+)*/.exec(version) ?? []
  return version === release ? release.split('.').slice(0, length).join('.') : version
}

/** An upper bound that is as far above a version as it is above another, or above what it stands on. */
function boundAbove(upper: readonly number[], lower: readonly number[] | undefined, version: string): string {
  const numbers = numbersOf(/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0')
  const last = upper.findLastIndex((each) => each !== 0)
  const place = lower ? upper.findIndex((each, index) => each !== (lower[index] ?? 0)) : last
  return upper
    .map((_, index) => (index < place ? (numbers[index] ?? 0) : index === place ? (numbers[index] ?? 0) + 1 : 0))
    .join('.')
}

/**
 * What the requirement that a Python package has of another becomes when that gets another version: itself, if it
 * accepts that; else the same operators, as precise as before; else that version or a newer one.
 * @param version as PEP 440 spells it
 */
export function pythonRequirementAt({ value, specifierOf }: PythonPin, version: string): string {
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
  const at = (length: (numbers: readonly number[]) => number) =>
    parts
      .map((each) => {
        if (typeof each === 'string' || /!/.test(each.before)) return each
        const { before, numbers, after } = each
        if (/<\s*$/.test(before)) return `${before}${boundAbove(numbers, lower?.numbers, version)}`
        return `${before}${shortened(version, length(numbers))}${after === '.*' ? after : ''}`
      })
      .map((each) => (typeof each === 'string' ? each : `${each.before}${each.numbers.join('.')}${each.after}`))
      .join(',')
  const candidates = [at((numbers) => numbers.length), at(() => Number.POSITIVE_INFINITY)]
  return candidates.find((each) => isAccepted(each)) ?? `>=${version}`
}
