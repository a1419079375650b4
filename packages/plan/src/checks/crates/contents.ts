import type { CrateContents } from '@slipway/core/plan'
import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { Crate } from '@slipway/project/cargo/crate'
import { fieldOf } from '@slipway/project/cargo/field'
import { isOfModule, readsOf } from '@slipway/project/cargo/included-files'
import { MAX_INCLUDED_FILES } from '../../limits.ts'
import type { Check, Subject } from '../check.ts'

/** A published crate, with the contents of its package. */
export interface Packaged {
  crate: Crate
  contents: CrateContents
  folder: Folder
}

/** Returns the published crates with the contents of their packages. */
export function packagedOf({ project, crates, folder }: Subject): Packaged[] {
  const byPath = new Map(crates.map((each) => [each.path, each.contents]))
  return project.crates.flatMap((crate): Packaged[] => {
    const contents = byPath.get(crate.path)
    return contents ? [{ crate, contents, folder }] : []
  })
}

/** Makes a check out of a check for one packaged crate. */
function forEachPackaged(check: (packaged: Packaged) => Promise<Problem[]>): Check {
  return async (subject) => (await Promise.all(packagedOf(subject).map(check))).flat()
}

const GIT = 'a `.gitignore`'

/** Returns what excludes files of a crate: its `include` or `exclude`, or git's rules. */
function exclusionOf(crate: Crate): { what: string; where: Where } {
  for (const key of ['include', 'exclude']) {
    const field = fieldOf(crate, key)
    if (field.value !== undefined) return { what: `its \`${key}\``, where: field.where() }
  }
  return { what: GIT, where: crate.manifest.where('package', 'name') }
}

/** Returns the path of a crate's build script (the Cargo book, "Build scripts"); null for none. */
function buildScript({ manifest }: Crate): string | null {
  const build = manifest.get('package', 'build')
  return build === false ? null : join(typeof build === 'string' ? build : 'build.rs')
}

const targetSources = forEachPackaged(async ({ crate, contents, folder }) => {
  const missing = []
  const isProgram =
    crate.manifest.get('lib') === undefined &&
    crate.manifest.get('bin') === undefined &&
    (await folder.size(join(crate.path, 'src/lib.rs'))) === null &&
    !contents.files.some((each) => each.startsWith('src/bin/'))
  const script = buildScript(crate)
  const library = join(crate.manifest.string('lib', 'path') ?? 'src/lib.rs')
  for (const file of [library, ...(script === null ? [] : [script]), ...(isProgram ? ['src/main.rs'] : [])]) {
    if (contents.files.includes(file) || (await folder.size(join(crate.path, file))) === null) continue
    const { what, where } = exclusionOf(crate)
    const start = `${file} is missing in the packaged crate ${crate.name}: ${what} excludes it`
    const hint = `Change ${what} so that it includes ${file}.`
    missing.push(
      file === script
        ? warning('crate-source-left-out', `${start}, so cargo builds it without a build script.`, hint, where)
        : error('crate-source-left-out', `${start}, so cargo cannot build it and refuses to publish it.`, hint, where),
    )
  }
  return missing
})

/** Whether a file is packaged, or is below a packaged path: the contents of a link out of the project are unknown. */
function isPackaged(file: string, packaged: ReadonlySet<string>): boolean {
  return packaged.has(file) || (file.includes('/') && isPackaged(folderOf(file), packaged))
}

/** Returns why an existing file is not packaged. Slipway cannot see which ignored files git tracks anyway. */
function whyExcluded(crate: Crate, own: string): { why: string; unless: string } {
  if (own.startsWith('../')) return { why: 'it is outside the folder of the crate', unless: '' }
  const { what } = exclusionOf(crate)
  return { why: `${what} excludes it`, unless: what === GIT ? ', unless git tracks it anyway' : '' }
}

const includedFiles = forEachPackaged(async ({ crate, contents, folder }) => {
  const packaged = new Set(contents.files)
  const script = buildScript(crate)
  const files = contents.files.filter((each) => (each.startsWith('src/') && each.endsWith('.rs')) || each === script)
  const sources = await Promise.all(
    files.map(async (source) => {
      const file = join(crate.path, source)
      return { source, file, ...readsOf(source, (await folder.read(file)) ?? '') }
    }),
  )
  const testModules = sources.flatMap((each) => each.testModules)
  const all = sources
    .filter(({ source }) => !isOfModule(source, testModules))
    .flatMap(({ source, file, reads }) =>
      reads.map(({ path, line }) => ({ path, own: join(folderOf(source), path), where: { file, line } })),
    )
  const unpackaged = all
    .filter(({ path, own }) => !path.startsWith('/') && !isPackaged(own, packaged))
    .slice(0, MAX_INCLUDED_FILES)
  const found = unpackaged.map(async ({ path, own, where }): Promise<Problem[]> => {
    if ((await folder.size(join(crate.path, own))) === null) return []
    const { why, unless } = whyExcluded(crate, own)
    const message = `Building ${crate.name} reads ${path}, but the packaged crate does not contain it: ${why}${unless}. So \`cargo publish\` fails.`
    const hint = `Put the file, or a link to it, in ${crate.path === '.' ? 'the crate' : crate.path}, and include it in the package.`
    return [warning('crate-file-left-out', message, hint, where)]
  })
  return (await Promise.all(found)).flat()
})

/** Checks that packaged crates contain the files they are built from. */
export const CONTENTS_CHECKS: readonly Check[] = [targetSources, includedFiles]
