import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { join } from '@slipway/documents/paths'
import { isTable } from '@slipway/documents/toml'
import { isTakenBySetuptools } from '@slipway/project/internal-folders'
import { abi3Of } from '@slipway/project/python/abi3'
import { lowestPython } from '@slipway/project/python/cpython-releases'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { packagesIn } from '@slipway/project/python/import-names'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'
import type { Check } from '../check.ts'
import { PACKAGE_MANIFEST_CHECKS } from './manifest.ts'
import { PACKAGE_METADATA_CHECKS } from './metadata.ts'

/** Whether the Pythons that a package is for are those that its wheel runs on. */
function pythons(found: DiscoveredPackage): Problem[] {
  const { name, crate, requiresPython, document } = found
  const lowest = Number(/^cp3(\d+)$/.exec(abi3Of(found, crate) ?? '')?.[1] ?? Number.NaN)
  const asked = lowestPython(requiresPython)
  if (Number.isNaN(lowest) || asked === null || lowest === asked) return []
  const where = document.where('project', 'requires-python')
  if (asked < lowest) {
    const message = `${name} is for Python 3.${asked} by its requires-python, but its abi3 wheel runs from 3.${lowest} on: between them it can be neither installed nor built.`
    const hint = `Set requires-python to ">=3.${lowest}", or take PyO3's feature abi3-py3${asked}.`
    return [error('requires-python-below-abi3', message, hint, where)]
  }
  const message = `The abi3 wheel of ${name} runs from Python 3.${lowest} on, but requires-python keeps it from those before 3.${asked}.`
  const hint = `Nothing has to be done; PyO3's feature abi3-py3${asked} would let it use more of Python's API.`
  return [notice('abi3-below-requires-python', message, hint, where)]
}

/** Whether `include` of [tool.maturin] takes a file into the wheel, as it does unless it is for the sdist alone. */
function included({ path, document }: DiscoveredPackage, file: string): boolean {
  const include = document.get('tool', 'maturin', 'include')
  return (Array.isArray(include) ? include : []).slice(0, MAX_MANIFEST_ENTRIES).some((each) => {
    const { path: glob, format } = isTable(each) ? each : { path: each, format: 'wheel' }
    return typeof glob === 'string' && [format].flat().includes('wheel') && globMatcher(join(path, glob))(file)
  })
}

/** Whether maturin finds the Python sources, and takes all of them. */
function sources(found: DiscoveredPackage, files: readonly string[]): Problem[] {
  const { name, path, crate, maturin, document } = found
  if (!maturin || bindingsOf(found, crate) === 'bin') return []
  const { pythonPackages } = maturin
  const source = maturin.pythonSource ?? path
  const module = (maturin.moduleName ?? crate?.libName)?.split('.')[0]
  if (module === undefined) return []
  const at = (key: string) => document.where('tool', 'maturin', key)
  const isThere = (each: string) => files.some((file) => file.startsWith(`${join(source, each)}/`))
  const problems: Problem[] = []
  // Without its folder, and without `python-source`, the extension module is all that there is.
  if (maturin.pythonSource === null && !isThere(module)) return []
  if (!isThere(module)) {
    const message = `The module of ${name} belongs into the package ${module}, but there is no folder ${join(source, module)}: maturin stops.`
    const hint =
      'Correct `module-name` or `python-source`, or leave `python-source` out where there are no Python sources.'
    problems.push(
      error('python-module-missing', message, hint, at(maturin.moduleName === null ? 'python-source' : 'module-name')),
    )
  }
  for (const [index, each] of (pythonPackages ?? []).slice(0, MAX_MANIFEST_ENTRIES).entries()) {
    if (isThere(each.split('.').join('/'))) continue
    const message = `\`python-packages\` of ${name} names ${JSON.stringify(each)}, but there is no folder ${join(source, each)}: maturin stops.`
    const where = document.where('tool', 'maturin', 'python-packages', index)
    problems.push(error('python-package-missing', message, 'Add the folder, or take the name out.', where))
  }
  const taken = [module, ...(pythonPackages ?? []).map((each) => each.split(/[./]/)[0] ?? each)]
  const left = packagesIn(source, files).filter(
    (each) =>
      !taken.includes(each) &&
      !(maturin.pythonSource === null && (!isTakenBySetuptools(each) || /_tests?$/.test(each))) &&
      !included(found, `${join(source, each)}/__init__.py`),
  )
  if (left.length > 0) {
    const message = `${left.join(', ')} in ${source} would be left out of the wheel of ${name}: maturin takes only the module's own package without being told.`
    const names = [...new Set([...taken, ...left])].map((each) => JSON.stringify(each)).join(', ')
    const hint = `Say python-packages = [${names}] under [tool.maturin], or move what is not to be installed elsewhere.`
    const key = pythonPackages ? 'python-packages' : maturin.pythonSource === null ? 'module-name' : 'python-source'
    problems.push(warning('python-package-left-out', message, hint, at(key)))
  }
  return problems
}

/** Packages below those that setuptools is told to take: it takes none that is not listed, unless as data that git or MANIFEST.in has. */
function unlisted({ name, path, document, backend }: DiscoveredPackage, files: readonly string[]): Problem[] {
  const keys = ['tool', 'setuptools', 'packages'] as const
  const listed = document.strings(...keys).slice(0, MAX_MANIFEST_ENTRIES)
  const requires = document.strings('build-system', 'requires')
  const takesData = files.includes(join(path, 'MANIFEST.in')) || requires.some((each) => /^setuptools[-_.]/.test(each))
  const folders = document.table('tool', 'setuptools', 'package-dir')
  if (!backend.startsWith('setuptools') || takesData || Object.keys(folders).some((each) => each !== '')) return []
  const source = join(path, typeof folders[''] === 'string' ? folders[''] : '.')
  const below = listed.flatMap((each) => {
    const prefix = `${join(source, ...each.split('.'))}/`
    const inits = files.filter((file) => file.startsWith(prefix) && file.endsWith('/__init__.py'))
    return inits.map((file) => [each, ...file.slice(prefix.length).split('/').slice(0, -1)])
  })
  const left = below.filter((parts) => parts.length > 1 && parts.every(isTakenBySetuptools))
  const names = [...new Set(left.map((parts) => parts.join('.')))].filter((each) => !listed.includes(each))
  if (names.length === 0) return []
  const message = `${names.slice(0, MAX_MANIFEST_ENTRIES).join(', ')} would be left out of the wheel of ${name}: setuptools takes only the packages that \`packages\` lists, none below them.`
  const hint = 'List them too, or have setuptools look for them: [tool.setuptools.packages.find].'
  return [warning('python-package-left-out', message, hint, document.where(...keys))]
}

/** Whether what a package is built from, and its version, can be had (PyPA specification "pyproject.toml"). */
function origin(
  { name, maturin, document, place, dynamicVersion }: DiscoveredPackage,
  files: readonly string[],
): Problem[] {
  if (maturin) {
    if (files.includes(maturin.manifest) || maturin.manifest.startsWith('../')) return []
    const message = `maturin builds ${name} from ${maturin.manifest}, which is not there: it stops.`
    const hint = 'Correct `manifest-path` of [tool.maturin], or add the crate.'
    const set = document.string('tool', 'maturin', 'manifest-path') !== undefined
    const where = set
      ? document.where('tool', 'maturin', 'manifest-path')
      : document.where('build-system', 'build-backend')
    return [error('maturin-manifest-missing', message, hint, where)]
  }
  // Poetry has its own table.
  if (place || dynamicVersion || document.get('project', 'name') === undefined) return []
  const message = `${name} has no version, and does not say that its build backend is to find one: it cannot be built.`
  const hint = 'Add `version` to [project]; or, where the backend finds it, dynamic = ["version"].'
  return [error('package-version-missing', message, hint, document.where('project', 'name'))]
}

const builds: Check = async ({ project, folder }) => {
  const files = await folder.files()
  return project.packages
    .filter((each) => each.reason === undefined)
    .flatMap((each) => [...origin(each, files), ...pythons(each), ...sources(each, files), ...unlisted(each, files)])
}

/** Whether the Python packages can be built, and are taken by PyPI. */
export const PACKAGE_CHECKS: readonly Check[] = [builds, ...PACKAGE_MANIFEST_CHECKS, ...PACKAGE_METADATA_CHECKS]
