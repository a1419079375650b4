import { MAX_REQUIREMENT_CHARACTERS } from '../../limits.ts'
import { isMarker } from '../marker.ts'
import { parseRequirement } from '../requirement.ts'
import { parseSpecifier } from '../specifier.ts'
import type { Fault } from './fault.ts'

/** Returns the part of a requirement that cannot be read, in words; null for a valid one, and for one too long to read. */
function unreadablePart(text: string): string | null {
  if (text.length > MAX_REQUIREMENT_CHARACTERS) return null
  const requirement = parseRequirement(text)
  if (!requirement) return `${JSON.stringify(text)} is not a valid requirement`
  const { marker, specifier } = requirement
  if (marker !== null && !isMarker(marker)) return `${JSON.stringify(marker)} is not a valid environment marker`
  return /^\s*,|,\s*,/.test(specifier) ? `${JSON.stringify(specifier)} has a comma too many` : null
}

/** Returns the fault of a requirement that no tool can read (PEP 508; packaging, `Requirement`), or null. */
export function requirementFault(text: string): Fault | null {
  const why = unreadablePart(text)
  const hint = 'Write a name and version comparisons, as in "numpy>=1.26,<3"; `.*` may only follow == and !=.'
  return why === null ? null : { code: 'requirement-invalid', why, hint }
}

/** Returns the fault of a requirement in the metadata of a package: PyPI takes none with a URL (warehouse, "Can't have direct dependency"). */
export function distributionFault(text: string): Fault | null {
  const fault = requirementFault(text)
  if (fault || !parseRequirement(text)?.url) return fault
  return {
    code: 'requirement-direct',
    why: `its requirement ${JSON.stringify(text)} names a URL`,
    hint: 'Require a version from an index; to test another source, use an install option or a dependency group.',
  }
}

/** Returns the fault of a Requires-Python (PEP 440; packaging, `SpecifierSet`), or null. */
export function requiresPythonFault(text: string): Fault | null {
  if (text.length > MAX_REQUIREMENT_CHARACTERS || parseSpecifier(text)) return null
  const version = /\d+(?:\.\d+){0,2}/.exec(text)?.[0] ?? '3.9'
  const why = `its requires-python ${JSON.stringify(text)} is not a version specifier`
  const hint = `Write requires-python = ">=${version}", and separate several comparisons by commas.`
  return { code: 'requires-python-invalid', why, hint }
}
