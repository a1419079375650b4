import { wheelName } from '@slipway/core/name'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { folderOf, join } from '@slipway/documents/paths'
import { isTable, type TomlDocument } from '@slipway/documents/toml'
import type { Crate } from '../cargo/crate.ts'
import { isInstalled, isTakenBySetuptools } from '../internal-folders.ts'
import type { ImportName } from './discovered-package.ts'
import { bindingsOf } from './maturin-bindings.ts'
import type { PythonPackage } from './package.ts'

/** The folders below one that are Python packages, in parts. */
function initsIn(source: string, files: readonly string[]): string[][] {
  const prefix = source === '.' ? '' : `${source}/`
  return files
    .filter((file) => file.startsWith(prefix) && file.endsWith('/__init__.py'))
    .map((file) => file.slice(prefix.length).split('/').slice(0, -1))
    .filter(([top = '']) => isInstalled(top))
}

/** The names of the packages in a folder of Python sources that are there to be installed. */
export function packagesIn(source: string, files: readonly string[]): string[] {
  return initsIn(source, files).flatMap((parts) => (parts.length === 1 ? parts : []))
}

/** The same of a folder that has nothing but sources: where no package is at its top, its namespaces (PEP 420). */
function packagesOrNamespaces(source: string, files: readonly string[]): string[] {
  const packages = packagesIn(source, files)
  return packages.length > 0 ? packages : [...new Set(initsIn(source, files).flatMap(([top]) => top ?? []))]
}

/** What a name at the top of a wheel is: a package or module, else the packages in a namespace, else no Python. */
function named(name: string, source: string, files: readonly string[]): ImportName[] {
  const at = join(source, ...name.split('.'))
  const file = [`${at}/__init__.py`, `${at}.py`].find((each) => files.includes(each)) ?? null
  if (file !== null) return [{ name, file }]
  const inits = initsIn(at, files).map((parts) => parts.join('/'))
  const tops = inits.filter((each) => !inits.some((other) => each.startsWith(`${other}/`)))
  const inside = tops.map((each) => ({
    name: [name, ...each.split('/')].join('.'),
    file: join(at, each, '__init__.py'),
  }))
  return inside.length > 0 ? inside : [{ name, file }]
}

/** A folder of Python sources, and the names in it that are expected at the top of a wheel. */
interface Expected {
  source: string
  names: string[]
}

/** What a pyproject.toml says itself, in the tables of Poetry, Hatch, Flit and setuptools. */
function declared({ path, document }: PythonPackage, files: readonly string[]): Expected[] {
  const at = (entry: string): Expected => {
    const whole = join(path, entry.replace(/[*]+.*$/, ''))
    return { source: folderOf(whole), names: [(whole.split('/').at(-1) ?? whole).replace(/\.py$/, '')] }
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
  const listed = tops.size > 0 ? [{ source: join(path, source), names: [...tops] }] : []
  return [...included, ...hatch, ...listed, ...searched(path, document, files)]
}

/** Where setuptools is told to look for packages, and for which: `[tool.setuptools.packages.find]`. */
function searched(path: string, document: TomlDocument, files: readonly string[]): Expected[] {
  const [where, include, exclude] = ['where', 'include', 'exclude'].map((key) =>
    document.strings('tool', 'setuptools', 'packages', 'find', key),
  ) as [string[], string[], string[]]
  if (where.length === 0 && include.length === 0) return []
  const fits = (globs: string[], name: string) => globs.some((each) => globMatcher(each)(name))
  return (where.length > 0 ? where : ['.']).map((each) => {
    const source = join(path, each)
    const isSources = source !== path
    const found = isSources ? packagesOrNamespaces(source, files) : packagesIn(source, files)
    const names = found.filter((name) => (include.length === 0 || fits(include, name)) && !fits(exclude, name))
    return { source, names }
  })
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
  const said = declared(project, files)
  if (said.length > 0) return said
  const src = join(path, 'src')
  const inSrc = packagesOrNamespaces(src, files)
  if (inSrc.length > 0) return [{ source: src, names: inSrc }]
  // The project `acme.demo` may be a package of the namespace `acme`.
  for (const own of [wheelName(name), name.split(/[-_.]+/).join('.')]) {
    const source = [src, path].find((each) => named(own, each, files).some(({ file }) => file !== null))
    if (source !== undefined) return [{ source, names: [own] }]
  }
  const others = packagesIn(path, files).filter(isTakenBySetuptools)
  const isOnly = backend.startsWith('setuptools') && others.length === 1
  return [{ source: path, names: isOnly ? others : [] }]
}

/**
 * The names that can be imported once a package's wheel is installed.
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
  if (said) {
    const fileOf = (name: string) =>
      found.flatMap(({ source }) => named(name, source, files)).find((each) => each.name === name && each.file !== null)
        ?.file ?? null
    return [...new Set(said)].map((name) => ({ name, file: fileOf(name) }))
  }
  const all = found.flatMap((each) => each.names.flatMap((name) => named(name, each.source, files)))
  return [...new Map(all.map((each) => [each.name, each])).values()]
}
