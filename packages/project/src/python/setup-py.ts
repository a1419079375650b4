import { notice, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import { isReleased } from '../internal-folders.ts'

/** The files that described packages before pyproject.toml, with the line that shows a package. */
const FORMS: readonly [name: string, isPackage: RegExp][] = [
  ['setup.cfg', /^\[metadata\]/m],
  ['setup.py', /^\s*(?:setuptools\.)?setup\s*\(/m],
]

/**
 * Reports the Python packages that only a setup.cfg or setup.py describes (`package-without-pyproject`): reading those
 * means running them, which a plan never does.
 * @param known folders of packages that a pyproject.toml describes
 */
export async function legacyPackages(
  folder: Folder,
  files: readonly string[],
  known: readonly string[],
): Promise<Problem[]> {
  const problems = new Map<string, Problem>()
  for (const [name, isPackage] of FORMS) {
    const candidates = files.filter((file) => (file === name || file.endsWith(`/${name}`)) && isReleased(file))
    for (const file of candidates) {
      const path = folderOf(file)
      if (known.includes(path) || problems.has(path)) continue
      const text = (await folder.read(file)) ?? ''
      const at = isPackage.exec(text)
      if (!at) continue
      const line = text.slice(0, at.index + at[0].length).split('\n').length
      const message = `${file} describes a Python package without a pyproject.toml, so it is not released.`
      const hint =
        'Add a pyproject.toml with its name and version in [project], and its build backend in [build-system].'
      problems.set(path, notice('package-without-pyproject', message, hint, { file, line }))
    }
  }
  return [...problems.values()]
}
