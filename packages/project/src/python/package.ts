import { normalizeName } from '@slipway/core/name'
import type { Where } from '@slipway/core/problem'
import { parseRequirement } from '@slipway/core/python/requirement'
import { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'
import { poetrySpecifier } from './poetry-constraint.ts'

/** The settings of `[tool.maturin]`. */
export interface MaturinSettings {
  /** The Cargo.toml of the extension, relative to the project. */
  manifest: string
  moduleName: string | null
  /** The folder of the Python sources, relative to the project; null if not set. */
  pythonSource: string | null
  /** The packages to take from there; null if not set, which takes only the module's own. */
  pythonPackages: string[] | null
  /** The features that it enables; null for all of them. */
  features: string[] | null
  /** Whether it leaves out the feature `default`. */
  withoutDefault: boolean
  /** `pyo3`, `cffi`, `uniffi` or `bin`; null if maturin chooses. */
  bindings: string | null
}

/** A Python package of the project, from its pyproject.toml. */
export interface PythonPackage {
  /** As its author spells it. */
  name: string
  /** The folder of its pyproject.toml, relative to the project. */
  path: string
  /** Its pyproject.toml. */
  document: TomlDocument
  /** The place of its version, in a file that its backend reads; null if the backend computes it or uses a crate's. */
  place: Place | null
  /** The line of `version` in `dynamic`. */
  dynamicVersion?: Where
  /** The PEP 517 build backend. */
  backend: string
  requiresPython: string | null
  /** The line of `requires-python`. */
  requiresPythonAt: Where
  /** Why it is not published, by its own files or the settings; absent if it is. */
  reason?: string
  /** Null for another backend. */
  maturin: MaturinSettings | null
}

function maturinSettings(document: TomlDocument): MaturinSettings {
  const folder = folderOf(document.file)
  const setting = (key: string) => document.string('tool', 'maturin', key) ?? null
  const isSet = (key: string) => document.get('tool', 'maturin', key) === true
  const source = setting('python-source')
  const hasPackages = document.get('tool', 'maturin', 'python-packages') !== undefined
  return {
    manifest: join(folder, setting('manifest-path') ?? 'Cargo.toml'),
    moduleName: setting('module-name'),
    pythonSource: source === null ? null : join(folder, source),
    pythonPackages: hasPackages ? document.strings('tool', 'maturin', 'python-packages') : null,
    features: isSet('all-features') ? null : document.strings('tool', 'maturin', 'features'),
    withoutDefault: isSet('no-default-features'),
    bindings: setting('bindings'),
  }
}

/** Returns Poetry's constraint on Python as a specifier, or as it is if it has no such form; null for any Python. */
function poetryPython(document: TomlDocument): string | null {
  const constraint = document.string('tool', 'poetry', 'dependencies', 'python') ?? '*'
  // Here, unlike for packages, `3.8` stands for all of 3.8 (poetry-core, `format_python_constraint`).
  const python = constraint.replace(/^\s*(\d+(?:\.\d+)?)\s*$/, '$1.*')
  return (poetrySpecifier(python) ?? constraint) || null
}

/** Whether `[build-system]` requires a package. @param name normalized */
export function requiresToBuild(document: TomlDocument, name: string): boolean {
  const required = document.strings('build-system', 'requires').flatMap((each) => parseRequirement(each)?.name ?? [])
  return required.some((each) => normalizeName(each) === name)
}

/** Returns the PEP 517 build backend. maturin builds a package that requires it even if the backend is not named. */
function backendOf(document: TomlDocument): string {
  const named = document.string('build-system', 'build-backend')
  // Without a build-backend, PEP 517 falls back to setuptools.
  return named ?? (requiresToBuild(document, 'maturin') ? 'maturin' : 'setuptools')
}

/** Returns the Cargo.toml that names a package without `[project]`, as maturin reads it; null for any other pyproject.toml. */
export function manifestOfUnnamed(document: TomlDocument): string | null {
  const isNamed = document.get('project') !== undefined || document.get('tool', 'poetry') !== undefined
  return isNamed || backendOf(document) !== 'maturin' ? null : maturinSettings(document).manifest
}

/**
 * Reads a package (PyPA specification "pyproject.toml"; or Poetry's own table, as before Poetry 2). Null for a file that
 * only configures tools. A `Private ::` classifier, which PyPI refuses, makes a reason not to publish it.
 * @param nameOfCrate the name of a package without `[project]`
 */
export function readPackage(document: TomlDocument, nameOfCrate?: string): PythonPackage | null {
  const isPoetry =
    nameOfCrate === undefined &&
    document.get('project') === undefined &&
    document.get('tool', 'poetry', 'package-mode') !== false
  const table = isPoetry ? ['tool', 'poetry'] : ['project']
  const name = document.string(...table, 'name') ?? nameOfCrate
  if (name === undefined) return null
  const isPrivate = document.strings(...table, 'classifiers').some((each) => /^private\s*::/i.test(each))
  const dynamic = document.strings('project', 'dynamic').indexOf('version')
  const backend = backendOf(document)
  const [tool = ''] = backend.split(/[.:]/)
  return {
    name,
    path: folderOf(document.file),
    document,
    place: placeAt(document, 'python', ...table, 'version'),
    ...(dynamic !== -1 && { dynamicVersion: document.where('project', 'dynamic', dynamic) }),
    backend,
    requiresPythonAt: isPoetry
      ? document.where('tool', 'poetry', 'dependencies', 'python')
      : document.where('project', 'requires-python'),
    requiresPython: isPoetry ? poetryPython(document) : (document.string('project', 'requires-python') ?? null),
    ...(isPrivate && { reason: 'Its pyproject.toml has a `Private ::` classifier, which PyPI refuses.' }),
    maturin: tool === 'maturin' ? maturinSettings(document) : null,
  }
}

/**
 * Returns the requirements of a package's build backend: `[build-system].requires` (PEP 518). Empty without that file or key.
 * Throws ProblemError (`toml-syntax`).
 * @param folder of the pyproject.toml, absolute
 */
export async function requirementsOfBackend(folder: string): Promise<string[]> {
  const text = await new Folder(folder).read('pyproject.toml')
  return text === null ? [] : parseToml('pyproject.toml', text).strings('build-system', 'requires')
}

/**
 * Returns the line of a package's `requires-python`; undefined without a pyproject.toml. Throws ProblemError (`toml-syntax`).
 * @param dir the project, absolute
 * @param path folder of the pyproject.toml, relative to the project
 */
export async function placeOfRequiresPython(dir: string, path: string): Promise<Where | undefined> {
  return (await packageAt(dir, path))?.requiresPythonAt
}

/** Returns the features that `[tool.maturin]` lists; see `placeOfRequiresPython`. */
export async function maturinFeatures(dir: string, path: string): Promise<string[]> {
  return (await packageAt(dir, path))?.maturin?.features ?? []
}

/** Whether `[tool.maturin]` says how a wheel gets the libraries that it loads; see `placeOfRequiresPython`. */
export async function choosesRepair(dir: string, path: string): Promise<boolean> {
  const document = (await packageAt(dir, path))?.document
  return ['auditwheel', 'skip-auditwheel'].some((key) => document?.get('tool', 'maturin', key) !== undefined)
}

async function packageAt(dir: string, path: string): Promise<PythonPackage | null> {
  const file = join(path, 'pyproject.toml')
  const text = await new Folder(dir).read(file)
  return text === null ? null : readPackage(parseToml(file, text))
}
