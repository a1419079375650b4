import { error, type Problem, warning } from '@slipway/core/problem'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { join } from '@slipway/documents/paths'
import { isTable } from '@slipway/documents/toml'
import { isTakenBySetuptools } from '@slipway/project/internal-folders'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { packagesIn } from '@slipway/project/python/import-names'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'

/**
 * Checks that the wheel of a package gets its Python sources: that the packages listed for maturin exist, and that no
 * package beside or below the listed ones is left out.
 * @param files all files of the project
 */
export function leftOutProblems(found: DiscoveredPackage, files: readonly string[]): Problem[] {
  const sources = maturinSources(found, files)
  const ofMaturin = sources ? [...missingSources(found, sources), ...unlistedByMaturin(found, sources, files)] : []
  return [...ofMaturin, ...unlistedBySetuptools(found, files)]
}

/** Where maturin looks for the Python sources of an extension module. */
interface MaturinSources {
  /** The folder of `python-source`, or the package's own. */
  folder: string
  /** Whether `python-source` names that folder. */
  isNamed: boolean
  /** The package that gets the extension module. */
  module: string
  /** `python-packages`, where it is set. */
  listed: readonly string[] | null
  /** Whether a folder below `folder` has files. */
  exists(path: string): boolean
}

/** Returns where maturin looks; null where the wheel holds a program, or the extension module alone. */
function maturinSources(found: DiscoveredPackage, files: readonly string[]): MaturinSources | null {
  const { path, crate, maturin } = found
  if (!maturin || bindingsOf(found, crate) === 'bin') return null
  const folder = maturin.pythonSource ?? path
  const module = (maturin.moduleName ?? crate?.libName)?.split('.')[0]
  if (module === undefined) return null
  const exists = (each: string) => files.some((file) => file.startsWith(`${join(folder, each)}/`))
  const isNamed = maturin.pythonSource !== null
  return isNamed || exists(module) ? { folder, isNamed, module, listed: maturin.pythonPackages, exists } : null
}

/** Reports folders that are listed for maturin but do not exist. */
function missingSources(
  { name, maturin, document }: DiscoveredPackage,
  { folder, module, listed, exists }: MaturinSources,
): Problem[] {
  const problems: Problem[] = []
  if (!exists(module)) {
    const message = `maturin fails: folder \`${join(folder, module)}\` for module \`${module}\` of ${name} does not exist.`
    const hint = 'Correct `module-name` or `python-source`, or remove `python-source` if there are no Python sources.'
    const key = maturin?.moduleName === null ? 'python-source' : 'module-name'
    problems.push(error('python-module-missing', message, hint, document.where('tool', 'maturin', key)))
  }
  for (const [index, each] of (listed ?? []).slice(0, MAX_MANIFEST_ENTRIES).entries()) {
    if (exists(each.split('.').join('/'))) continue
    const message = `maturin fails: \`python-packages\` of ${name} lists ${JSON.stringify(each)}, but folder \`${join(folder, each)}\` does not exist.`
    const where = document.where('tool', 'maturin', 'python-packages', index)
    problems.push(error('python-package-missing', message, 'Add the folder, or remove the name.', where))
  }
  return problems
}

/** Reports packages beside the module's own, which maturin takes only where `python-packages` or `include` lists them. */
function unlistedByMaturin(
  found: DiscoveredPackage,
  { folder, isNamed, module, listed }: MaturinSources,
  files: readonly string[],
): Problem[] {
  const taken = [module, ...(listed ?? []).map((each) => each.split(/[./]/)[0] ?? each)]
  const leftOut = packagesIn(folder, files).filter(
    (each) =>
      !taken.includes(each) &&
      !(!isNamed && (!isTakenBySetuptools(each) || /_tests?$/.test(each))) &&
      !isIncludedInWheel(found, `${join(folder, each)}/__init__.py`),
  )
  if (leftOut.length === 0) return []
  const message = `The wheel of ${found.name} leaves out ${leftOut.join(', ')} in ${folder}: by default maturin takes only the module's own package.`
  const names = [...new Set([...taken, ...leftOut])].map((each) => JSON.stringify(each)).join(', ')
  const hint = `Set python-packages = [${names}] in [tool.maturin], or move what should not be installed elsewhere.`
  const key = listed ? 'python-packages' : isNamed ? 'python-source' : 'module-name'
  return [warning('python-package-left-out', message, hint, found.document.where('tool', 'maturin', key))]
}

/** Whether `include` of [tool.maturin] takes a file into the wheel, as it does unless it is for the sdist alone. */
function isIncludedInWheel({ path, document }: DiscoveredPackage, file: string): boolean {
  const include = document.get('tool', 'maturin', 'include')
  return (Array.isArray(include) ? include : []).slice(0, MAX_MANIFEST_ENTRIES).some((each) => {
    const { path: glob, format } = isTable(each) ? each : { path: each, format: 'wheel' }
    return typeof glob === 'string' && [format].flat().includes('wheel') && globMatcher(join(path, glob))(file)
  })
}

/** Reports packages below those that setuptools lists: it takes no others, except as data that git or MANIFEST.in lists. */
function unlistedBySetuptools(
  { name, path, document, backend }: DiscoveredPackage,
  files: readonly string[],
): Problem[] {
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
  const leftOut = below.filter((parts) => parts.length > 1 && parts.every(isTakenBySetuptools))
  const names = [...new Set(leftOut.map((parts) => parts.join('.')))].filter((each) => !listed.includes(each))
  if (names.length === 0) return []
  const message = `The wheel of ${name} leaves out ${names.slice(0, MAX_MANIFEST_ENTRIES).join(', ')}: setuptools takes only the packages that \`packages\` lists.`
  const hint = 'List them too, or let setuptools find them: [tool.setuptools.packages.find].'
  return [warning('python-package-left-out', message, hint, document.where(...keys))]
}
