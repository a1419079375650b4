import type { CrateContents } from '@slipway/core/plan'
import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { Crate } from '@slipway/project/cargo/crate'
import { fieldOf } from '@slipway/project/cargo/field'
import { isOfModule, readsOf } from '@slipway/project/cargo/included-files'
import { MAX_INCLUDED_FILES } from '../../limits.ts'
import type { Check, Subject } from '../check.ts'

/** A crate that goes out, with what its package will hold. */
export interface Packaged {
  crate: Crate
  contents: CrateContents
  folder: Folder
}

/** The crates that go out. */
export function packagedOf({ project, crates, folder }: Subject): Packaged[] {
  const byPath = new Map(crates.map((each) => [each.path, each.contents]))
  return project.crates.flatMap((crate): Packaged[] => {
    const contents = byPath.get(crate.path)
    return contents ? [{ crate, contents, folder }] : []
  })
}

/** A check of each of them. */
function ofEach(check: (packaged: Packaged) => Promise<Problem[]>): Check {
  return async (subject) => (await Promise.all(packagedOf(subject).map(check))).flat()
}

const GIT = 'a `.gitignore`'

/** What decides that a file is left out: the crate's `include` or `exclude`, else git's rules. */
function leftOutBy(crate: Crate): { what: string; where: Where } {
  for (const key of ['include', 'exclude']) {
    const field = fieldOf(crate, key)
    if (field.value !== undefined) return { what: `its \`${key}\``, where: field.where() }
  }
  return { what: GIT, where: crate.manifest.where('package', 'name') }
}

/** The build script of a crate (the Cargo book, "Build scripts"); null for none. */
function buildScript({ manifest }: Crate): string | null {
  const build = manifest.get('package', 'build')
  return build === false ? null : join(typeof build === 'string' ? build : 'build.rs')
}

const entriesAreThere = ofEach(async ({ crate, contents, folder }) => {
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
    const { what, where } = leftOutBy(crate)
    const start = `${file} is not in the packaged crate ${crate.name}, by ${what}`
    const hint = `Let ${what} take ${file} in.`
    missing.push(
      file === script
        ? warning('crate-source-left-out', `${start}: cargo builds it without, if it can.`, hint, where)
        : error('crate-source-left-out', `${start}: cargo cannot build it, and refuses to publish it.`, hint, where),
    )
  }
  return missing
})

/** Whether a packaged file is one of these, or lies below one: what is below a link out of the project is not known. */
function isPackaged(file: string, packaged: ReadonlySet<string>): boolean {
  return packaged.has(file) || (file.includes('/') && isPackaged(folderOf(file), packaged))
}

/** Why a file that is there is not in the package. What git holds though it is ignored cannot be told. */
function whyLeftOut(crate: Crate, own: string): { why: string; unless: string } {
  if (own.startsWith('../')) return { why: 'it lies outside of its folder', unless: '' }
  const { what } = leftOutBy(crate)
  return { why: `by ${what}`, unless: what === GIT ? ', unless git was made to hold it all the same' : '' }
}

const readFilesAreThere = ofEach(async ({ crate, contents, folder }) => {
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
  const left = all
    .filter(({ path, own }) => !path.startsWith('/') && !isPackaged(own, packaged))
    .slice(0, MAX_INCLUDED_FILES)
  const found = left.map(async ({ path, own, where }): Promise<Problem[]> => {
    if ((await folder.size(join(crate.path, own))) === null) return []
    const { why, unless } = whyLeftOut(crate, own)
    const message = `${path} is read here when ${crate.name} is built, but it is not in the packaged crate: ${why}${unless}. Who builds it from the registry, and cargo before it is published, finds no such file.`
    const hint = `Put the file, or a link to it, below ${crate.path === '.' ? 'the crate' : crate.path}, and let it be packaged.`
    return [warning('crate-file-left-out', message, hint, where)]
  })
  return (await Promise.all(found)).flat()
})

/** Whether what is packaged of a crate is what it is built from. */
export const CONTENTS_CHECKS: readonly Check[] = [entriesAreThere, readFilesAreThere]
