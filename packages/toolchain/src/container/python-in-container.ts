import type { Exec } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import { interpreterTitle } from '@slipway/core/python/interpreter'
import { allowsPython } from '@slipway/core/python/requires-python'
import { askPython, isOfVersion, isUsual, minor, type Python, type PythonConstraint, versionOf } from '../python.ts'

/** Prints the paths where a Python may be: in the manylinux images below /opt/python, else on PATH. */
const CANDIDATES = `
for each in /opt/python/[cp]p3*/bin/python; do [ ! -x "$each" ] || printf '%s\\n' "$each"; done
IFS=:
for folder in $PATH; do
  for each in "$folder"/python3 "$folder"/python3.?  "$folder"/python3.??; do
    [ ! -x "$each" ] || printf '%s\\n' "$each"
  done
done
`

/**
 * Returns the CPythons and PyPys of a container, lowest version first. `venv` is not to be relied on there.
 * @param exec runs in the container
 * @param cwd an existing folder there
 */
export async function pythonsInContainer(exec: Exec, cwd: string): Promise<Python[]> {
  const { stdout } = await exec({ argv: ['sh', '-c', CANDIDATES], cwd })
  const found = new Map<string, Python>()
  for (const path of new Set(stdout.split('\n').filter(Boolean))) {
    const python = await askPython(exec, path, cwd)
    if (python && !found.has(python.path)) found.set(python.path, python)
  }
  return [...found.values()].sort((a, b) => minor(a) - minor(b))
}

/**
 * Returns the Python of a container to build a package for: the given version, or by default the lowest that may install it.
 * @param version `3.12`, or `3.14t`
 * @throws ProblemError `python-missing`, when the image has none
 */
export function pythonForIn(
  image: string,
  pythons: readonly Python[],
  version: string | undefined,
  { name, requiresPython, abi3, below }: PythonConstraint,
): Python {
  const lowest = cpythonMinor(abi3 ?? '') ?? 0
  const end = cpythonMinor(below ?? '') ?? Number.POSITIVE_INFINITY
  const isInRange = (each: Python) => isUsual(each) && minor(each) >= lowest && minor(each) < end
  const fits = (each: Python) => (version === undefined ? isInRange(each) : isOfVersion(each, version))
  const found = pythons.find((each) => fits(each) && allowsPython(requiresPython, each.version))
  if (found) return found
  const all = pythons.map(versionOf).join(', ') || 'none'
  const wanted =
    version === undefined ? `CPython that ${name} allows` : `${interpreterTitle(version)} to build ${name} for`
  const message = `The image ${image} has no ${wanted}; found: ${all}.`
  const hint = 'Use an image that has it, below /opt/python or on PATH, or install it in `before-build`.'
  throw new ProblemError(error('python-missing', message, hint))
}
