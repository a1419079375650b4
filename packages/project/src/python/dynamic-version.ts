import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import type { TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt, placesIn } from '../version-place.ts'
import type { PythonPackage } from './package.ts'

/** The files in which a backend finds a `dynamic` version. */
interface Source {
  /** Candidates, relative to the package's folder: the first existing one counts. */
  files: string[]
  /** The version is its group `version`. */
  pattern: RegExp
}

/** Matches the assignment of a string to a name, at the top level of a Python file. */
function assigned(name: string): RegExp {
  return new RegExp(`^${name}[^\\S\\n]*(?::[^=\\n]+)?=[^\\S\\n]*(?<quote>["'])v?(?<version>[^"'\\n]*)\\k<quote>`, 'dgm')
}

/** A file with only the version in it. */
const WHOLE = /^\s*(?<version>\S+)\s*$/dg

/** Returns the possible files of a module in source folders: `a.b` is `a/b.py` or `a/b/__init__.py`. */
function moduleFiles(module: string, folders: readonly string[]): string[] {
  const path = module.replaceAll('.', '/')
  return folders.flatMap((each) => [join(each, `${path}.py`), join(each, path, '__init__.py')])
}

/** hatch, "Versioning", source `regex` with its default pattern. */
function ofHatchling(document: TomlDocument): Source[] {
  const setting = (key: string) => document.string('tool', 'hatch', 'version', key)
  const file = setting('path')
  const isRead = (setting('source') ?? 'regex') === 'regex' && setting('pattern') === undefined
  return file !== undefined && isRead ? [{ files: [file], pattern: assigned('(?:__version__|VERSION)') }] : []
}

/** setuptools, "Configuring setuptools using pyproject.toml files", "Dynamic Metadata". */
function ofSetuptools(document: TomlDocument): Source[] {
  const at = (key: string) => document.get('tool', 'setuptools', 'dynamic', 'version', key)
  const files = [at('file')].flat().filter((each) => typeof each === 'string')
  if (files.length === 1) return [{ files, pattern: WHOLE }]
  const attribute = at('attr')
  const [, module, name] = /^((?:\w+\.)*\w+)\.(\w+)$/.exec(typeof attribute === 'string' ? attribute : '') ?? []
  if (module === undefined || name === undefined) return []
  const root = document.string('tool', 'setuptools', 'package-dir', '')
  const where = document.strings('tool', 'setuptools', 'packages', 'find', 'where')
  const folders = [...(root === undefined ? [] : [root]), ...where, 'src', '.']
  return [{ files: moduleFiles(module, folders), pattern: assigned(name) }]
}

/** flit, "The pyproject.toml config file": the module named there, or with the project's name. */
function ofFlit(document: TomlDocument, { name }: PythonPackage): Source[] {
  const module = document.string('tool', 'flit', 'module', 'name') ?? name.replaceAll('-', '_')
  return [{ files: moduleFiles(module, ['.', 'src']), pattern: assigned('__version__') }]
}

/** PDM, "Dynamic project version", source `file`. */
function ofPdm(document: TomlDocument): Source[] {
  const file = document.string('tool', 'pdm', 'version', 'path')
  return document.string('tool', 'pdm', 'version', 'source') === 'file' && file !== undefined
    ? [{ files: [file], pattern: assigned('__version__') }]
    : []
}

const SOURCES: Record<string, (document: TomlDocument, found: PythonPackage) => Source[]> = {
  hatchling: ofHatchling,
  setuptools: ofSetuptools,
  flit_core: ofFlit,
  pdm: ofPdm,
}

/**
 * Returns the place of a version that pyproject.toml leaves to the build backend (`dynamic`), if the backend's settings
 * name a file; null if the backend computes it, from git's tags, say.
 */
async function dynamicVersion(folder: Folder, found: PythonPackage): Promise<Place | null> {
  const { document, path } = found
  const [tool = ''] = found.backend.split(/[.:]/)
  // In Poetry 2, `project.dynamic` leaves the version to Poetry's table.
  const isComputed = document.get('tool', 'poetry-dynamic-versioning', 'enable') === true
  if (tool === 'poetry') return isComputed ? null : placeAt(document, 'python', 'tool', 'poetry', 'version')
  for (const { files, pattern } of SOURCES[tool]?.(document, found) ?? []) {
    for (const file of files.map((each) => join(path, each))) {
      const text = file.startsWith('../') ? null : await folder.read(file)
      const [place] = text === null ? [] : placesIn(file, text, pattern, 'python')
      if (place) return place
    }
  }
  return null
}

/** Adds the place of a version that the package's backend finds in a file. */
export async function withDynamicVersion(folder: Folder, found: PythonPackage): Promise<PythonPackage> {
  if (!found.dynamicVersion || found.place !== null || found.maturin) return found
  return { ...found, place: await dynamicVersion(folder, found) }
}
