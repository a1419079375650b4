import { error, type Problem, warning } from '@slipway/core/problem'
import { acceptedByPyPI, isNewerMacos, PLATFORMS_KNOWN_ON, platformHint } from '@slipway/core/python/platform-tags'
import type { Wheel } from './wheel.ts'

interface Tagged {
  name: string
  wheel: Wheel
}

/** Reports platform tags that PyPI refuses. */
export function platformTags({ name, wheel }: Tagged): Problem[] {
  return wheel.filename.platformTags
    .filter((tag) => !acceptedByPyPI(tag))
    .map((tag) => {
      const code = 'platform-tag-refused'
      if (!isNewerMacos(tag)) return error(code, `PyPI refuses ${name}, which is tagged \`${tag}\`.`, platformHint(tag))
      const message = `${name} is tagged \`${tag}\`, which PyPI did not accept on ${PLATFORMS_KNOWN_ON}; it may by now.`
      return warning(code, message, platformHint(tag))
    })
}

/** Interpreters (PyPA specification "Platform compatibility tags", "Python tag"; PyPy's and GraalPy's own tags). */
const PYTHON = /^(?:(?:py|cp|pp|ip|jy)[23]\d*|graalpy\d+)$/
/** ABIs of those interpreters; `abi3t` is the stable ABI of free-threaded CPython (PEP 803). */
const ABI = /^(?:none|abi3|abi3t|cp[23]\d+[dmut]*|pypy[23]\d*_pp\d+|graalpy\d+_\d+_native)$/

/** Reports interpreters and ABIs that no installer looks for. */
export function pythonTags({ name, wheel }: Tagged): Problem[] {
  const { pythonTags: pythons, abiTags: abis } = wheel.filename
  const unknown = [
    ...pythons.filter((each) => !PYTHON.test(each)),
    ...abis.filter((each) => !ABI.test(each)),
    // The stable ABI begins with a version of CPython.
    ...abis.filter((each) => each.startsWith('abi3') && !pythons.some((python) => python.startsWith('cp3'))),
  ]
  return unknown.map((tag) => {
    const message = `${name} is tagged \`${tag}\`, which no installer looks for, so nobody can install it.`
    const hint = 'Build it with the Python that it is for: `cp312-cp312`, `cp39-abi3`, `cp314-cp314t` or `py3-none`.'
    return warning('wheel-python-tag-unknown', message, hint)
  })
}

/** Reports a version of the format that installers do not know ("Binary distribution format", Wheel-Version). */
export function formatVersion({ name, wheel }: Tagged): Problem[] {
  if (/^1\.\d+$/.test(wheel.wheelVersion ?? '')) return []
  const message = `${name} has Wheel-Version ${wheel.wheelVersion ?? 'missing'} in its WHEEL file, so installers refuse it.`
  return [error('wheel-version-unknown', message, 'Build it with an up-to-date backend, which writes 1.0.')]
}

/** Reports tags in the file name that differ from those in the WHEEL file. */
export function tags({ name, wheel }: Tagged): Problem[] {
  const [named, claimed] = [wheel.filename.tags, wheel.wheelTags.flatMap(expanded)].map((each) =>
    [...new Set(each)].sort().join(', '),
  )
  if (named === claimed) return []
  const message = `${name} is named for ${named}, but its WHEEL file says ${claimed || 'nothing'}, so installers may refuse it.`
  return [error('wheel-tags-differ', message, 'Build it again. Change tags with `wheel tags`, not by renaming.')]
}

/** Expands a compressed tag, which some backends write into WHEEL: `py2.py3-none-any`. */
function expanded(tag: string): string[] {
  const [pythons = '', abis = '', platforms = ''] = tag.split('-')
  return pythons
    .split('.')
    .flatMap((python) => abis.split('.').flatMap((abi) => platforms.split('.').map((on) => `${python}-${abi}-${on}`)))
}
