import { error, notice, type Problem } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import { lowestPython } from '@slipway/core/python/requires-python'
import { abi3Of } from '@slipway/project/python/abi3'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'

/** Compares `requires-python` of a package with the lowest Python that its abi3 wheel runs on. */
export function pythonRangeProblems(found: DiscoveredPackage): Problem[] {
  const { name, crate, requiresPython, document } = found
  const lowest = cpythonMinor(abi3Of(found, crate) ?? '')
  const required = lowestPython(requiresPython)
  if (lowest === null || required === null || lowest === required) return []
  const where = document.where('project', 'requires-python')
  if (required < lowest) {
    const message = `${name} requires Python 3.${required}, but its abi3 wheel runs from 3.${lowest} on, so older Pythons can neither install nor build it.`
    const hint = `Set requires-python to ">=3.${lowest}", or use PyO3's feature abi3-py3${required}.`
    return [error('requires-python-below-abi3', message, hint, where)]
  }
  const message = `The abi3 wheel of ${name} runs from Python 3.${lowest} on, but requires-python excludes Pythons before 3.${required}.`
  const hint = `Leave it, or use PyO3's feature abi3-py3${required}, which gives access to more of Python's API.`
  return [notice('abi3-below-requires-python', message, hint, where)]
}
