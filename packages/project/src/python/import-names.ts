import { wheelName } from '@slipway/core/name'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { folderOf, join } from '@slipway/documents/paths'
import { isTable, type TomlDocument } from '@slipway/documents/toml'
import type { Crate } from '../cargo/crate.ts'
import { isInstalled, isTakenBySetuptools } from '../internal-folders.ts'
import type { ImportName } from './discovered-package.ts'
import { bindingsOf } from './maturin-bindings.ts'
import type { PythonPackage } from './package.ts'

/** Returns the Python packages in a source folder, as parts of their paths. */
function initsIn(source: string, files: readonly string[]): string[][] {
  const prefix = source === '.' ? '' : `${source}/`
  return files
    .filter((file) => file.startsWith(prefix) && file.endsWith('/__init__.py'))
    .map((file) => file.slice(prefix.length).split('/').slice(0, -1))
    .filter(([top = '']) => isInstalled(top))
}

/** Returns the names of the packages at the top of a source folder, without tests and the like. */
export function packagesIn(source: string, files: readonly string[]): string[] {
  return initsIn(source, files).flatMap((parts) => (parts.length === 1 ? parts : []))
}

/** The modules beside packages that tools run. */
const FOR_TOOLS = /^(?:setup|conftest|noxfile|tasks|build|test_.*|.*_test)$/

/** Returns the names of the modules at the top of a source folder, without scripts, tests and the like. */
export function modulesIn(source: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const name = /([^/]+)\.py$/.exec(file)?.[1]
    return name !== undefined && folderOf(file) === source && isInstalled(name) && !FOR_TOOLS.test(name) ? [name] : []
  })
}

/** Returns the packages at the top of a folder with only sources, or its namespaces (PEP 420) if there are none. */
function packagesOrNamespaces(source: string, files: readonly string[]): string[] {
  const packages = packagesIn(source, files)
  return packages.length > 0 ? packages : [...new Set(initsIn(source, files).flatMap(([top]) => top ?? []))]
}

/** Resolves a name at the top of a wheel: a package or module, the packages of a namespace, or an extension module. */
function resolveName(name: string, source: string, files: readonly string[]): ImportName[] {
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

/** A source folder, with its names at the top of the wheel. */
interface Expected {
  source: string
  names: string[]
}

/** Returns the names in the tables of Poetry, Hatch, Flit and setuptools. */
function declaredNames({ path, document }: PythonPackage, files: readonly string[]): Expected[] {
  const at = (entry: string): Expected => {
    const file = join(path, entry.replace(/[*]+.*$/, ''))
    return { source: folderOf(file), names: [(file.split('/').at(-1) ?? file).replace(/\.py$/, '')] }
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
  return [...included, ...hatch, ...listed, ...namesFoundBySetuptools(path, document, files)]
}

/** Returns the packages that setuptools finds by `[tool.setuptools.packages.find]`. */
function namesFoundBySetuptools(path: string, document: TomlDocument, files: readonly string[]): Expected[] {
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
 * Returns a package's source folders, and the names expected at the top of its wheel. With maturin: the module and
 * `python-packages`, or, if that is not set, every package of an explicit `python-source` (maturin would take only the
 * module's own and silently leave out the others). Else: the names in the backend's settings; else the packages in
 * `src/`, the one with the project's name, or, as setuptools does, the only one.
 */
function expectedNames(project: PythonPackage, crate: Crate | undefined, files: readonly string[]): Expected[] {
  const { name, path, maturin, backend } = project
  if (maturin) {
    const source = maturin.pythonSource ?? path
    const binary = bindingsOf(project, crate) === 'bin'
    const module = (maturin.moduleName ?? (binary ? undefined : crate?.libName))?.split('.')[0]
    const others = maturin.pythonPackages ?? (maturin.pythonSource === null ? [] : packagesIn(source, files))
    const names = [...(module === undefined ? [] : [module]), ...others.map((each) => each.split(/[./]/)[0] ?? each)]
    return [{ source, names }]
  }
  const names = declaredNames(project, files)
  if (names.length > 0) return names
  const src = join(path, 'src')
  const inSrc = packagesOrNamespaces(src, files)
  if (inSrc.length > 0) return [{ source: src, names: inSrc }]
  // The project `acme.demo` may be a package of the namespace `acme`.
  for (const own of [wheelName(name), name.split(/[-_.]+/).join('.')]) {
    const source = [src, path].find((each) => resolveName(own, each, files).some(({ file }) => file !== null))
    if (source !== undefined) return [{ source, names: [own] }]
  }
  const others = packagesIn(path, files).filter(isTakenBySetuptools)
  const isOnly = backend.startsWith('setuptools') && others.length === 1
  return [{ source: path, names: isOnly ? others : [] }]
}

/**
 * Returns the names that can be imported from a package's installed wheel.
 * @param crate the crate of its extension module
 * @param files every file of the project
 * @param names the names from the settings, if any
 */
export function importsOf(
  project: PythonPackage,
  crate: Crate | undefined,
  files: readonly string[],
  names?: readonly string[],
): ImportName[] {
  const found = expectedNames(project, crate, files)
  if (names) {
    const fileOf = (name: string) =>
      found
        .flatMap(({ source }) => resolveName(name, source, files))
        .find((each) => each.name === name && each.file !== null)?.file ?? null
    return [...new Set(names)].map((name) => ({ name, file: fileOf(name) }))
  }
  const all = found.flatMap((each) => each.names.flatMap((name) => resolveName(name, each.source, files)))
  return [...new Map(all.map((each) => [each.name, each])).values()]
}
