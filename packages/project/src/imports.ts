import { wheelName } from '@slipway/core/name'
import type { Crate } from './cargo.ts'
import { join } from './folder.ts'
import type { PythonPackage } from './pyproject.ts'

/** A name that can be imported, and the `__init__.py` behind it: null for one that is not a Python package. */
export interface ImportName {
  name: string
  init: string | null
}

/** The names of the packages, and of the given modules, that lie in a folder of Python sources. */
function packagesIn(source: string, files: readonly string[]): string[] {
  const prefix = source === '.' ? '' : `${source}/`
  return files
    .filter((file) => file.startsWith(prefix) && file.endsWith('/__init__.py'))
    .map((file) => file.slice(prefix.length).split('/'))
    .filter((parts) => parts.length === 2)
    .map(([name = '']) => name)
}

/**
 * The folder of a package's Python sources, and the names expected at the top of its wheel: with maturin, the module
 * and `python-packages`, or, when that is not set, every package of an explicit `python-source` (maturin would take
 * the module's own only, and leave the others out without a word); else the packages in `src/`, or the one of the
 * project's name.
 */
function expected({ name, path, maturin }: PythonPackage, crate: Crate | undefined, files: readonly string[]) {
  if (maturin) {
    const source = maturin.pythonSource ?? path
    const binary = maturin.bindings === 'bin'
    const module = (maturin.moduleName ?? (binary ? undefined : crate?.libName))?.split('.')[0]
    const others = maturin.pythonPackages ?? (maturin.pythonSource === null ? [] : packagesIn(source, files))
    const names = [...(module === undefined ? [] : [module]), ...others.map((each) => each.split(/[./]/)[0] ?? each)]
    return { source, names }
  }
  const inSrc = packagesIn(join(path, 'src'), files)
  if (inSrc.length > 0) return { source: join(path, 'src'), names: inSrc }
  const own = wheelName(name)
  const isThere = [join(path, own, '__init__.py'), join(path, `${own}.py`)].some((each) => files.includes(each))
  return { source: path, names: isThere ? [own] : [] }
}

/**
 * The top-level names that can be imported once a package's wheel is installed.
 * @param crate the crate that its extension module is built from
 * @param files every file of the project
 * @param said the names, where the settings give them
 */
export function importsOf(
  project: PythonPackage,
  crate: Crate | undefined,
  files: readonly string[],
  said?: readonly string[],
): ImportName[] {
  const { source, names } = expected(project, crate, files)
  return [...new Set(said ?? names)].map((name) => {
    const init = join(source, name, '__init__.py')
    return { name, init: files.includes(init) ? init : null }
  })
}
