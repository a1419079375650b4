import { error, type Problem, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { isWithin, join } from '@slipway/documents/paths'
import { isTable } from '@slipway/documents/toml'
import { isTakenBySetuptools } from '@slipway/project/internal-folders'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { modulesIn, packagesIn } from '@slipway/project/python/import-names'
import { type ImportedModule, importedModules } from '@slipway/project/python/imported-modules'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'

/**
 * Checks that the wheel of a package gets its Python sources: that the packages listed for maturin exist, and that no
 * package or module beside or below the listed ones is left out.
 * @param files all files of the project
 */
export async function leftOutProblems(
  found: DiscoveredPackage,
  folder: Folder,
  files: readonly string[],
): Promise<Problem[]> {
  const sources = await maturinSources(found, folder, files)
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
  /** The module's name within the package that imports it, if that is not the package maturin looks for: `demo._internal`. */
  importedAs: string | null
  /** The modules at the top of `folder` that the module's package imports. */
  besides: readonly string[]
  /** Whether a path below `folder` is a file, or a folder with files. */
  exists(path: string): boolean
}

/** Returns the modules that packages at the top of a source folder import in their `__init__.py`. */
async function importsAt(source: string, folder: Folder, files: readonly string[]): Promise<ImportedModule[]> {
  const found = packagesIn(source, files).map(async (name) => {
    const file = join(source, name, '__init__.py')
    return importedModules(name, file, (await folder.read(file)) ?? '')
  })
  return (await Promise.all(found)).flat()
}

/** Returns where maturin looks; null where the wheel holds a program, or the extension module alone. */
async function maturinSources(
  found: DiscoveredPackage,
  project: Folder,
  files: readonly string[],
): Promise<MaturinSources | null> {
  const { path, crate, maturin } = found
  if (!maturin || bindingsOf(found, crate) === 'bin') return null
  const folder = maturin.pythonSource ?? path
  const parts = (maturin.moduleName ?? crate?.libName)?.split('.') ?? []
  const [module] = parts
  if (module === undefined) return null
  const exists = (each: string) => files.some((file) => isWithin(file, join(folder, each)))
  const isNamed = maturin.pythonSource !== null
  const imported = await importsAt(folder, project, files)
  const isExtension = ({ name }: ImportedModule) => {
    const at = name.replaceAll('.', '/')
    return at !== name && name.split('.').at(-1) === parts.at(-1) && !exists(at) && !exists(`${at}.py`)
  }
  const importedAs = exists(module) ? null : (imported.find(isExtension)?.name ?? null)
  const ofModule = imported.filter(({ where }) => where.file === join(folder, module, '__init__.py'))
  return isNamed || exists(module) || importedAs !== null
    ? {
        folder,
        isNamed,
        module,
        listed: maturin.pythonPackages,
        importedAs,
        besides: ofModule.map(({ name }) => name.split('.')[0] ?? name),
        exists,
      }
    : null
}

/** Reports folders that are listed for maturin but do not exist. */
function missingSources(
  { name, maturin, document }: DiscoveredPackage,
  { folder, isNamed, module, listed, importedAs, exists }: MaturinSources,
): Problem[] {
  const problems: Problem[] = []
  const where = document.where(
    'tool',
    'maturin',
    maturin?.moduleName === null && isNamed ? 'python-source' : 'module-name',
  )
  const importer = importedAs?.split('.')[0]
  const asImported = `Set module-name = "${importedAs}" in [tool.maturin], as the package ${importer} imports it.`
  if (!exists(module) && isNamed) {
    const message = `maturin fails: folder \`${join(folder, module)}\` for module \`${module}\` of ${name} does not exist.`
    const hint = 'Correct `module-name` or `python-source`, or remove `python-source` if there are no Python sources.'
    problems.push(error('python-module-missing', message, importedAs === null ? hint : asImported, where))
  } else if (importedAs !== null) {
    const message = `The wheel of ${name} leaves out ${importer}, which imports \`${importedAs}\`: maturin builds \`${module}\` alone.`
    problems.push(warning('python-package-left-out', message, asImported, where))
  }
  for (const [index, each] of (listed ?? []).slice(0, MAX_MANIFEST_ENTRIES).entries()) {
    if (exists(each.endsWith('.py') ? each : each.replaceAll('.', '/'))) continue
    const message = `maturin fails: \`python-packages\` of ${name} lists ${JSON.stringify(each)}, but folder \`${join(folder, each)}\` does not exist.`
    const at = document.where('tool', 'maturin', 'python-packages', index)
    problems.push(error('python-package-missing', message, 'Add the folder, or remove the name.', at))
  }
  return problems
}

/**
 * Reports packages and modules beside the module's own package, which maturin takes only where `python-packages` or
 * `include` lists them. Scripts may be beside pyproject.toml, so there a module counts only if the package imports it.
 */
function unlistedByMaturin(
  found: DiscoveredPackage,
  { folder, isNamed, module, listed, importedAs, besides }: MaturinSources,
  files: readonly string[],
): Problem[] {
  if (importedAs !== null) return []
  const taken = [module, ...(listed ?? []).map((each) => each.split(/[./]/)[0] ?? each)]
  const packages = packagesIn(folder, files).filter(
    (each) => isNamed || (isTakenBySetuptools(each) && !/_tests?$/.test(each)),
  )
  const modules = modulesIn(folder, files).filter((each) => isNamed || besides.includes(each))
  const leftOut = [
    ...packages.map((name) => ({ name, as: name, file: join(folder, name, '__init__.py') })),
    ...modules.map((name) => ({ name, as: `${name}.py`, file: join(folder, `${name}.py`) })),
  ].flatMap(({ name, as, file }) => (taken.includes(name) || isIncludedInWheel(found, file) ? [] : [as]))
  if (leftOut.length === 0) return []
  const message = `The wheel of ${found.name} leaves out ${leftOut.join(', ')} in ${folder}: by default maturin takes only the module's own package.`
  const names = [...new Set([module, ...(listed ?? []), ...leftOut])].map((each) => JSON.stringify(each)).join(', ')
  const hint = `Set python-packages = [${names}] in [tool.maturin], or move what should not be installed elsewhere.`
  const key = listed ? 'python-packages' : isNamed ? 'python-source' : 'module-name'
  return [warning('python-package-left-out', message, hint, found.document.where('tool', 'maturin', key))]
}

/** Whether `include` of [tool.maturin] takes a file into the wheel, as it does unless it is for the sdist alone. */
export function isIncludedInWheel({ path, document }: DiscoveredPackage, file: string): boolean {
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
