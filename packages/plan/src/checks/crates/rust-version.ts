import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import { fieldOf } from '@slipway/project/cargo/field'
import { minorOf } from '@slipway/project/cargo/rust-version'
import { toolchainFile } from '@slipway/project/cargo/toolchain-file'
import type { Check, Subject } from '../check.ts'

/** The first Rust version that supports each edition (the Rust edition guide). */
const EDITIONS: Record<string, string> = { '2018': '1.31', '2021': '1.56', '2024': '1.85' }

/** The first that supports each workspace resolver (the Cargo book, "Resolver versions"). */
const RESOLVERS: Record<string, string> = { '2': '1.51', '3': '1.84' }

/** The first that reads each version of Cargo.lock (cargo's changelog). */
const LOCKS: Record<string, string> = { '3': '1.53', '4': '1.78' }

/** The first whose `cargo package` packages crates together with their siblings (cargo's changelog). */
const PACKAGES_SIBLINGS = '1.90'

function isOlder(version: unknown, than: string): boolean {
  const minor = minorOf(version)
  return minor !== null && minor < (minorOf(than) ?? 0)
}

/** Reports a `rust-version` older than the crate's edition, which cargo refuses. */
const editions: Check = ({ project }) =>
  project.crates.flatMap((crate) => {
    const edition = fieldOf(crate, 'edition').value
    const { value, where } = fieldOf(crate, 'rust-version')
    const needs = EDITIONS[String(edition)]
    if (needs === undefined || !isOlder(value, needs)) return []
    const message = `cargo refuses the crate ${crate.name}: edition ${edition} needs Rust ${needs}, but its rust-version is ${value}.`
    const hint = `Set rust-version to ${needs} or newer, or use an older edition.`
    return [error('rust-version-too-old', message, hint, where())]
  })

/** A feature that needs a minimum Rust version. */
interface Need {
  version: string
  what: string
  where: Where
}

/** Returns the features of the built crates that need a minimum Rust version. */
async function needsOf({ project, crates, folder }: Subject): Promise<Need[]> {
  const published = crates.filter((each) => each.publish !== false)
  const isPublished = (path: string | undefined) => published.some((each) => each.path === path)
  const built = project.crates.filter(
    (crate) => isPublished(crate.path) || project.packages.some((each) => each.crate === crate),
  )
  const ofKey = (known: Record<string, string>, value: unknown, what: string, where: Where): Need[] => {
    const version = known[String(value)]
    return version === undefined ? [] : [{ version, what: `${what} ${value}`, where }]
  }
  const ofCrates = built.flatMap((crate): Need[] => {
    const edition = fieldOf(crate, 'edition')
    const own = fieldOf(crate, 'rust-version')
    const resolver = crate.workspace.get('workspace', 'resolver')
    const sibling = crate.dependencies.find(
      ({ path, kind, version }) =>
        isPublished(crate.path) && isPublished(path) && (kind !== 'dev' || version !== undefined),
    )
    return [
      ...ofKey(EDITIONS, edition.value, 'edition', edition.where()),
      ...ofKey(RESOLVERS, resolver, 'resolver', crate.workspace.where('workspace', 'resolver')),
      ...(minorOf(own.value) === null
        ? []
        : [{ version: String(own.value), what: `the rust-version of ${crate.name}`, where: own.where() }]),
      ...(sibling
        ? [
            {
              version: PACKAGES_SIBLINGS,
              what: `packaging ${crate.name} together with ${sibling.name}`,
              where: sibling.usedAt,
            },
          ]
        : []),
    ]
  })
  const locks = project.versions.locks.filter((lock) => lock.crates.some((each) => built.includes(each)))
  const ofLocks = await Promise.all(
    locks.map(async ({ file }) => {
      const [before, form] = /^version = (\d+)$/m.exec((await folder.read(file)) ?? '') ?? []
      return ofKey(LOCKS, form, `${file} version`, { file, line: before === undefined ? 1 : 3 })
    }),
  )
  return [...ofCrates, ...ofLocks.flat()]
}

/**
 * Checks that Rust is new enough to build the release: the version in the toolchain file, or without one the version
 * here, although another machine may build.
 */
const newEnough: Check = async (subject) => {
  const toolchain = await toolchainFile(subject.folder)
  const rust = toolchain ? (toolchain.channel ?? '') : subject.cargo
  if (minorOf(rust) === null) return []
  const needs = (await needsOf(subject)).filter((each) => isOlder(rust, each.version))
  const newest = needs.reduce<Need | null>(
    (best, each) => (best && !isOlder(best.version, each.version) ? best : each),
    null,
  )
  if (!newest) return []
  const { version, what, where } = newest
  const requirement = `${what} (${where.file}:${where.line}) needs ${version}`
  const problem: Problem = toolchain
    ? error(
        'rust-too-old',
        `The toolchain file selects Rust ${rust}, but ${requirement}.`,
        `Select ${version} or newer.`,
        toolchain.where,
      )
    : warning(
        'rust-too-old',
        `Rust is ${rust} here, but ${what} needs ${version}.`,
        `Install ${version} or newer where the release is built, for example with \`rustup update\`.`,
        where,
      )
  return [problem]
}

/** Checks that the available Rust can build the release. */
export const RUST_CHECKS: readonly Check[] = [editions, newEnough]
