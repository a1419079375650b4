import { wheelName } from '@slipway/core/name'
import { bindingsOf } from './bindings.ts'
import type { Crate } from './cargo.ts'
import { folderOf, join } from './folder.ts'
import type { PythonPackage } from './pyproject.ts'
import { isTable } from './toml.ts'

/** A name that can be imported, and the `__init__.py` behind it: null for one that is not a Python package. */
export interface ImportName {
  name: string
  init: string | null
}

/** Folders whose packages nobody installs, though they lie beside the others. */
const NOT_INSTALLED = /^(?:tests?|docs|examples?|bench(?:es|marks)|scripts)$/

/** The names of the packages in a folder of Python sources that are there to be installed. */
export function packagesIn(source: string, files: readonly string[]): string[] {
  const prefix = source === '.' ? '' : `${source}/`
  return files
    .filter((file) => file.startsWith(prefix) && file.endsWith('/__init__.py'))
    .map((file) => file.slice(prefix.length).split('/'))
    .filter((parts) => parts.length === 2)
    .map(([name = '']) => name)
    .filter((name) => !NOT_INSTALLED.test(name))
}

/** Folders that setuptools never takes for a package of a project that has its sources at the top ("Package Discovery", flat layout). */
const NOT_PACKAGES =
  /^(ci|bin|debian|docs?|documentation|manpages|news|changelog|tests?|unit_tests?|examples?|scripts|tools|util|utils|python|build|benchmarks?|exercises?|htmlcov|tasks|fabfile|site_scons|[._].*)$/

/** A folder of Python sources, and the names in it that are expected at the top of a wheel. */
interface Expected {
  source: string
  names: string[]
}

/** What a pyproject.toml says itself, in the tables of Poetry, Hatch, Flit and setuptools. */
function declared({ path, document }: PythonPackage): Expected[] {
  const at = (entry: string): Expected => {
    const whole = join(path, entry.replace(/[*]+.*$/, ''))
    return { source: folderOf(whole), names: [whole.split('/').at(-1) ?? whole] }
  }
  const poetry = document.get('tool', 'poetry', 'packages')
  const included = (Array.isArray(poetry) ? poetry : []).filter(isTable).flatMap(({ include, from }) => {
    if (typeof include !== 'string') return []
    const top = include.split('/')[0] ?? include
    return /[*?[]/.test(top) ? [] : [at(typeof from === 'string' ? `${from}/${top}` : top)]
  })
  const hatch = document.strings('tool', 'hatch', 'build', 'targets', 'wheel', 'packages').map(at)
  const flit = document.string('tool', 'flit', 'module', 'name')
  const source = document.string('tool', 'setuptools', 'package-dir', '') ?? '.'
  const setuptools = ['packages', 'py-modules'].flatMap((key) => document.strings('tool', 'setuptools', key))
  const tops = new Set([...setuptools, ...(flit === undefined ? [] : [flit])].map((each) => each.split('.')[0] ?? each))
  const named = tops.size > 0 ? [{ source: join(path, source), names: [...tops] }] : []
  return [...included, ...hatch, ...named]
}

/**
 * Where a package's Python sources are, and the names expected at the top of its wheel: with maturin, the module
 * and `python-packages`, or, when that is not set, every package of an explicit `python-source` (maturin would take
 * the module's own only, and leave the others out without a word); else what its backend is told; else the packages in
 * `src/`, the one of the project's name, or, as setuptools does, the only one.
 */
function expected(project: PythonPackage, crate: Crate | undefined, files: readonly string[]): Expected[] {
  const { name, path, maturin, backend } = project
  if (maturin) {
    const source = maturin.pythonSource ?? path
    const binary = bindingsOf(project, crate) === 'bin'
    const module = (maturin.moduleName ?? (binary ? undefined : crate?.libName))?.split('.')[0]
    const others = maturin.pythonPackages ?? (maturin.pythonSource === null ? [] : packagesIn(source, files))
    const names = [...(module === undefined ? [] : [module]), ...others.map((each) => each.split(/[./]/)[0] ?? each)]
    return [{ source, names }]
  }
  const said = declared(project)
  if (said.length > 0) return said
  const inSrc = packagesIn(join(path, 'src'), files)
  if (inSrc.length > 0) return [{ source: join(path, 'src'), names: inSrc }]
  const own = wheelName(name)
  const isThere = [join(path, own, '__init__.py'), join(path, `${own}.py`)].some((each) => files.includes(each))
  if (isThere) return [{ source: path, names: [own] }]
  const others = packagesIn(path, files).filter((each) => !NOT_PACKAGES.test(each))
  const isOnly = backend.startsWith('setuptools') && others.length === 1
  return [{ source: path, names: isOnly ? others : [] }]
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
  const found = expected(project, crate, files)
  const initOf = (name: string, sources: readonly Expected[]) =>
    sources.map(({ source }) => join(source, name, '__init__.py')).find((each) => files.includes(each)) ?? null
  if (said) return [...new Set(said)].map((name) => ({ name, init: initOf(name, found) }))
  const all = found.flatMap((each) => each.names.map((name) => ({ name, init: initOf(name, [each]) })))
  return [...new Map(all.map((each) => [each.name, each])).values()]
}
