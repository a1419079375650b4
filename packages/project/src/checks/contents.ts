import { createGzip } from 'node:zlib'
import { LARGEST_CRATE, mebibytes } from '@slipway/core/limits'
import type { CrateContents } from '@slipway/core/plan'
import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import type { Crate } from '../cargo.ts'
import { isOfModule, readsOf } from '../contents/reads.ts'
import { type Folder, folderOf, join } from '../folder.ts'
import type { Check, Subject } from './check.ts'
import { fieldOf } from './field.ts'

interface Packaged {
  crate: Crate
  contents: CrateContents
  folder: Folder
}

/** The crates that go out. */
function packagedOf({ project, crates, folder }: Subject): Packaged[] {
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

/** Nobody reads more files so, and each is looked for. */
const MOST_READ = 500

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
  const [, script] = entryFiles(crate)
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
  const left = all.filter(({ path, own }) => !path.startsWith('/') && !isPackaged(own, packaged)).slice(0, MOST_READ)
  const found = left.map(async ({ path, own, where }): Promise<Problem[]> => {
    if ((await folder.size(join(crate.path, own))) === null) return []
    const { why, unless } = whyLeftOut(crate, own)
    const message = `${path} is read here when ${crate.name} is built, but it is not in the packaged crate: ${why}${unless}. Who builds it from the registry, and cargo before it is published, finds no such file.`
    const hint = `Put the file, or a link to it, below ${crate.path === '.' ? 'the crate' : crate.path}, and let it be packaged.`
    return [warning('crate-file-left-out', message, hint, where)]
  })
  return (await Promise.all(found)).flat()
})

/** More than this is not compressed, of all crates together: it takes seconds. One of more would have to shrink to a fiftieth. */
const MOST_COMPRESSED = 50 * LARGEST_CRATE

/** Files that are read at a time: most are small. */
const READ_AHEAD = 32

/** Whether a crate's files are more than so many bytes, compressed at a level of zlib's. */
async function isLargerAt(level: number, limit: number, { crate, contents, folder }: Packaged): Promise<boolean> {
  const gzip = createGzip({ level })
  let length = 0
  gzip.on('data', (chunk: Buffer) => {
    length += chunk.length
  })
  const ended = new Promise<void>((resolve, reject) => gzip.on('end', resolve).on('error', reject))
  const add = async (bytes: Buffer) => {
    if (!gzip.write(bytes)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  for (let start = 0; start < contents.files.length && length <= limit; start += READ_AHEAD) {
    const files = contents.files.slice(start, start + READ_AHEAD).map((each) => join(crate.path, each))
    const read = await Promise.all(files.map((each) => folder.bytes(each)))
    for (const [index, file] of files.entries()) {
      const bytes = read[index]
      if (bytes) await add(bytes)
      else for await (const chunk of await folder.chunks(file)) await add(chunk)
    }
  }
  gzip.end()
  await ended
  return length > limit
}

/** The same, compressed as cargo does: mostly it is told by the fastest way already. */
async function isLargerCompressed(limit: number, packaged: Packaged): Promise<boolean> {
  return (await isLargerAt(1, limit, packaged)) && (await isLargerAt(9, limit, packaged))
}

function tooLarge({ crate, contents }: Packaged): Problem {
  const message = `The package of ${crate.name} holds ${contents.files.length} files of ${mebibytes(contents.bytes)}, and is more than ${mebibytes(LARGEST_CRATE)} compressed, which crates.io refuses unless it has allowed more.`
  const hint = 'Leave out what nobody needs to build it, by `exclude` or `include`: data of tests, images, docs.'
  return warning('crate-too-large', message, hint, crate.manifest.where('package', 'name'))
}

const sizes: Check = async (subject) => {
  const problems: Problem[] = []
  let left = MOST_COMPRESSED
  for (const each of packagedOf(subject)) {
    const { bytes } = each.contents
    if (bytes <= LARGEST_CRATE) continue
    if (bytes > MOST_COMPRESSED) problems.push(tooLarge(each))
    else if (bytes <= left) {
      left -= bytes
      if (await isLargerCompressed(LARGEST_CRATE, each)) problems.push(tooLarge(each))
    }
  }
  return problems
}

/** Whether what is packaged of a crate is what it is built from, and not too much. */
export const CONTENTS_CHECKS: readonly Check[] = [entriesAreThere, readFilesAreThere, sizes]
