import type { Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'

/** What `[tool.maturin]` says. */
export interface MaturinSettings {
  /** The Cargo.toml that the extension is built from, relative to the project. */
  manifest: string
  moduleName: string | null
  /** Folder of the Python sources, relative to the project; null when it is not set. */
  pythonSource: string | null
  /** The packages to take from there; null when it is not set: then only the module's own. */
  pythonPackages: string[] | null
  features: string[]
  /** `pyo3`, `cffi`, `uniffi`, `bin`; null when maturin is to find out. */
  bindings: string | null
}

/** A Python package of the project, as its pyproject.toml has it. */
export interface PythonPackage {
  /** As its author spells it. */
  name: string
  /** Folder of its pyproject.toml, relative to the project. */
  path: string
  /** Its pyproject.toml. */
  document: TomlDocument
  /** Where its version stands, in a file that its backend reads too; null when the backend computes it or takes a crate's. */
  place: Place | null
  /** Where `dynamic` has it. */
  dynamicVersion?: Where
  /** The PEP 517 build backend. */
  backend: string
  requiresPython: string | null
  /** Where that stands. */
  requiresPythonAt: Where
  /** Why it is not published, when its own files or the settings say so. */
  reason?: string
  /** Null when the backend is another. */
  maturin: MaturinSettings | null
}

function maturinSettings(document: TomlDocument): MaturinSettings {
  const folder = folderOf(document.file)
  const setting = (key: string) => document.string('tool', 'maturin', key) ?? null
  const source = setting('python-source')
  const hasPackages = document.get('tool', 'maturin', 'python-packages') !== undefined
  return {
    manifest: join(folder, setting('manifest-path') ?? 'Cargo.toml'),
    moduleName: setting('module-name'),
    pythonSource: source === null ? null : join(folder, source),
    pythonPackages: hasPackages ? document.strings('tool', 'maturin', 'python-packages') : null,
    features: document.strings('tool', 'maturin', 'features'),
    bindings: setting('bindings'),
  }
}

/** What Poetry's requirement of Python means: `^3.8` is `>=3.8` (its upper bound, 4.0, is of no account). */
function poetryPython(document: TomlDocument): string | null {
  const given = document.string('tool', 'poetry', 'dependencies', 'python')
  return given?.replace(/\^\s*(?=\d)/g, '>=') ?? null
}

/**
 * Reads a package (PyPA specification "pyproject.toml"; or Poetry's own table, as before Poetry 2). Null for a file that
 * only configures tools. One that PyPI is told to refuse, by its `Private ::` classifier, has that for a reason.
 */
export function readPackage(document: TomlDocument): PythonPackage | null {
  const isPoetry = document.get('project') === undefined && document.get('tool', 'poetry', 'package-mode') !== false
  const table = isPoetry ? ['tool', 'poetry'] : ['project']
  const name = document.string(...table, 'name')
  if (name === undefined) return null
  const isPrivate = document.strings(...table, 'classifiers').some((each) => /^private\s*::/i.test(each))
  const dynamic = document.strings('project', 'dynamic').indexOf('version')
  // PEP 517: without a build-backend, setuptools' old way.
  const backend = document.string('build-system', 'build-backend') ?? 'setuptools'
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
 * What a package's build backend needs: `[build-system].requires` (PEP 518). Empty when there is no such file or key.
 * Throws ProblemError (`toml-syntax`).
 * @param folder of the pyproject.toml, absolute
 */
export async function requirementsOfBackend(folder: string): Promise<string[]> {
  const text = await new Folder(folder).read('pyproject.toml')
  return text === null ? [] : parseToml('pyproject.toml', text).strings('build-system', 'requires')
}

/**
 * Where a package's `requires-python` is; undefined when there is no such file. Throws ProblemError (`toml-syntax`).
 * @param dir the project, absolute
 * @param path folder of the pyproject.toml, relative to the project
 */
export async function placeOfRequiresPython(dir: string, path: string): Promise<Where | undefined> {
  const file = join(path, 'pyproject.toml')
  const text = await new Folder(dir).read(file)
  return text === null ? undefined : readPackage(parseToml(file, text))?.requiresPythonAt
}
