import { notice, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import { isReleased } from '../internal-folders.ts'

/** What setuptools read before pyproject.toml had `[project]`, and the line that makes it a package. */
const FORMS: readonly [name: string, isPackage: RegExp][] = [
  ['setup.cfg', /^\[metadata\]/m],
  ['setup.py', /^\s*(?:setuptools\.)?setup\s*\(/m],
]

/**
 * Tells the Python packages that only a setup.cfg or setup.py describes (`package-without-pyproject`): what is in those is
 * known by running them, which a plan never does.
 * @param known folders of packages that a pyproject.toml describes
 */
export async function legacyPackages(
  folder: Folder,
  files: readonly string[],
  known: readonly string[],
): Promise<Problem[]> {
  const told = new Map<string, Problem>()
  for (const [name, isPackage] of FORMS) {
    const candidates = files.filter((file) => (file === name || file.endsWith(`/${name}`)) && isReleased(file))
    for (const file of candidates) {
      const where = folderOf(file)
      if (known.includes(where) || told.has(where)) continue
      const text = (await folder.read(file)) ?? ''
      const at = isPackage.exec(text)
      if (!at) continue
      const line = text.slice(0, at.index + at[0].length).split('\n').length
      const message = `The Python package of ${file} is not released: only a pyproject.toml says what a package is without running it.`
      const hint = 'Write its name, version and build backend into a pyproject.toml, as [project] and [build-system].'
      told.set(where, notice('package-without-pyproject', message, hint, { file, line }))
    }
  }
  return [...told.values()]
}
