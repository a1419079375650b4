import { parsePython } from '@slipway/core/python/version'

/** Returns an exclusive upper bound: the number at a place incremented, without those after it. */
function nextAt(numbers: readonly number[], place: number): string {
  return numbers
    .map((each, index) => (index === place ? each + 1 : each))
    .slice(0, place + 1)
    .join('.')
}

function clauses(constraint: string): string | null {
  const [, operator = '', operand = ''] = /^\s*(\^|~(?!=))?\s*(\S*)\s*$/.exec(constraint) ?? []
  if (/^(?:[~=!<>]=|[<>])/.test(constraint.trim())) return constraint
  if (operand === '*' && operator === '') return ''
  const numbers = parsePython(operand.replace(/\.\*$/, ''))?.release.map(Number)
  if (!numbers) return null
  if (operator === '') return `==${operand}`
  const first = numbers.findIndex((each) => each !== 0)
  const place = operator === '~' ? Math.min(1, numbers.length - 1) : first === -1 ? numbers.length - 1 : first
  return `>=${operand},<${nextAt(numbers, place)}`
}

/**
 * Converts a constraint of Poetry to a version specifier: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`, and a bare version
 * is only that one (Poetry's documentation, "Version constraints"). Null for other forms and for alternatives.
 */
export function poetrySpecifier(constraint: string): string | null {
  const all = constraint.split(',').map(clauses)
  return all.includes(null) ? null : all.filter((each) => each !== '').join(',')
}
