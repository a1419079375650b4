import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { isTable, type TomlDocument } from '@slipway/documents/toml'
import { lineFinder } from '../version-place.ts'
import { type PythonPackage, requiresToBuild } from './package.ts'

/** What compiles code into the wheels of a package, other than maturin. */
export interface Compiler {
  /** Its name: `setuptools-rust`. */
  name: string
  /** The line that shows it. */
  where: Where
}

/** Build backends that compile, by the module that names them. */
const BACKENDS: readonly [module: RegExp, name: string][] = [
  [/^scikit_build_core\b/, 'scikit-build-core'],
  [/^mesonpy\b/, 'meson-python'],
  [/^py_build_cmake\b/, 'py-build-cmake'],
]

/** Plugins of hatchling with a build hook that compiles. A hook of the project itself is read instead. */
const HATCH_PLUGINS = [
  'hatch-rs',
  'hatch-rust',
  'hatch-maturin-build',
  'hatchling-pyo3-plugin',
  'hatch-c',
  'hatch-cpp',
  'hatch-cython',
  'hatch-mypyc',
  'scikit-build-core',
]

/** Arguments of setuptools' `setup()` for compiled modules, also of its plugins, with what compiles those. */
const SETUP_ARGUMENTS = /\b(?<argument>rust_extensions|cffi_modules|ext_modules)["']?\s*(?:=(?!=)|:)/
const OF_ARGUMENT: Record<string, string> = {
  rust_extensions: 'setuptools-rust',
  cffi_modules: 'cffi',
  ext_modules: 'setuptools',
}

/** How a hook of hatchling says that the wheel is for one platform (Hatch, "Wheel builder", "Build data"). */
const IMPURE = /["'](?:infer_tag["']\]?\s*[:=]\s*True|pure_python["']\]?\s*[:=]\s*False)/

/** Finds a pattern in a Python file, outside of comments. */
async function findIn(folder: Folder, file: string, pattern: RegExp) {
  const text = (await folder.read(file))?.replace(/#.*/g, (comment) => ' '.repeat(comment.length)) ?? ''
  const match = pattern.exec(text)
  return match && { match, where: { file, line: lineFinder(text)(match.index) } }
}

function ofBackend({ backend, document }: PythonPackage): Compiler | null {
  const [, name] = BACKENDS.find(([module]) => module.test(backend)) ?? []
  return name === undefined ? null : { name, where: document.where('build-system', 'build-backend') }
}

/** setuptools, "Building Extension Modules"; setuptools-rust, "Usage with pyproject.toml" and "with setup.py"; cffi. */
async function ofSetuptools({ document, path }: PythonPackage, folder: Folder): Promise<Compiler | null> {
  const rust = ['ext-modules', 'bins'].find((key) => document.get('tool', 'setuptools-rust', key) !== undefined)
  if (rust !== undefined) return { name: 'setuptools-rust', where: document.where('tool', 'setuptools-rust', rust, 0) }
  if (document.get('tool', 'setuptools', 'ext-modules') !== undefined)
    return { name: 'setuptools', where: document.where('tool', 'setuptools', 'ext-modules', 0) }
  const found = await findIn(folder, join(path, 'setup.py'), SETUP_ARGUMENTS)
  const name = OF_ARGUMENT[found?.match.groups?.argument ?? '']
  return found && name !== undefined ? { name, where: found.where } : null
}

/** Returns the tables of hatchling's hooks (Hatch, "Build hook plugins"), with their keys. */
function hatchHooks(document: TomlDocument): { name: string; keys: string[] }[] {
  return [[], ['targets', 'wheel']].flatMap((target) => {
    const keys = ['tool', 'hatch', 'build', ...target, 'hooks']
    return Object.keys(document.table(...keys)).map((name) => ({ name, keys: [...keys, name] }))
  })
}

async function ofHatchling({ document, path }: PythonPackage, folder: Folder): Promise<Compiler | null> {
  const hooks = hatchHooks(document)
  const [first] = hooks
  const plugin = HATCH_PLUGINS.find((each) => requiresToBuild(document, each))
  if (plugin !== undefined && first) return { name: plugin, where: document.where(...first.keys) }
  for (const { keys } of hooks.filter((each) => each.name === 'custom')) {
    const file = join(path, document.string(...keys, 'path') ?? 'hatch_build.py')
    const found = await findIn(folder, file, IMPURE)
    if (found) return { name: file, where: found.where }
  }
  return null
}

/** Poetry, "Building extension modules": with a build script, its wheels are for one platform. */
function ofPoetry({ document }: PythonPackage): Compiler | null {
  const build = document.get('tool', 'poetry', 'build')
  const script = isTable(build) ? build.script : build
  return typeof script === 'string' ? { name: script, where: document.where('tool', 'poetry', 'build') } : null
}

/** PDM, "Build Configuration", "Build Platform-specific Wheels". */
function ofPdm({ document }: PythonPackage): Compiler | null {
  const at = (key: string) => ['tool', 'pdm', 'build', key]
  if (document.get(...at('run-setuptools')) === true)
    return { name: 'setuptools', where: document.where(...at('run-setuptools')) }
  if (document.get(...at('is-purelib')) === false)
    return { name: 'pdm-backend', where: document.where(...at('is-purelib')) }
  return null
}

const BY_BACKEND: Record<string, (found: PythonPackage, folder: Folder) => Compiler | null | Promise<Compiler | null>> =
  { setuptools: ofSetuptools, hatchling: ofHatchling, poetry: ofPoetry, pdm: ofPdm }

/**
 * Returns what compiles code into a package's wheels, so that each is for one platform and mostly one Python; null for a
 * pure Python package, and for maturin.
 */
export async function compilerOf(found: PythonPackage, folder: Folder): Promise<Compiler | null> {
  const [tool = ''] = found.backend.split(/[.:]/)
  return ofBackend(found) ?? (await BY_BACKEND[tool]?.(found, folder)) ?? null
}
