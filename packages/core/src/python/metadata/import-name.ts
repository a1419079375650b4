import type { Fault } from './fault.ts'

/** Python's keywords (The Python Language Reference, "Keywords"). */
const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
)

/** Returns the fault of an Import-Name or Import-Namespace: `acme.demo`, `acme._native; private` (PEP 794), or null. */
export function importNameFault(value: string): Fault | null {
  // An empty Import-Name says that a package has nothing to import.
  if (value === '') return null
  const [names = '', ...options] = value.split(';')
  const isNamed = names
    .trimEnd()
    .split('.')
    .every((each) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(each) && !KEYWORDS.has(each))
  if (isNamed && options.every((each) => each.trim() === 'private') && options.length < 2) return null
  const why = `${JSON.stringify(value)} is not the name of a module`
  return { code: 'import-name-invalid', why, hint: 'Write dotted identifiers, if need be with `; private` after them.' }
}
