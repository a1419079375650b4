import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import { parseToml } from '@slipway/documents/toml'
import { fieldOf } from '@slipway/project/cargo/field'
import type { Check, Subject } from '../check.ts'

/** The first Rust that knows an edition (the Rust edition guide). */
const EDITIONS: Record<string, string> = { '2018': '1.31', '2021': '1.56', '2024': '1.85' }

/** The first that knows a resolver of workspaces (the Cargo book, "Resolver versions"). */
const RESOLVERS: Record<string, string> = { '2': '1.51', '3': '1.84' }

/** The first that reads a form of Cargo.lock (cargo's changelog). */
const LOCKS: Record<string, string> = { '3': '1.53', '4': '1.78' }

/** The first whose `cargo package` takes several crates that need each other (cargo's changelog). */
const SEVERAL = '1.90'

/** Major and minor number of a Rust, as one that can be compared; null when it is none. */
function minorOf(version: unknown): number | null {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:\.|-|$)/.exec(String(version)) ?? []
  return minor === undefined ? null : Number(major) * 10_000 + Number(minor)
}

function isOlder(version: unknown, than: string): boolean {
  const minor = minorOf(version)
  return minor !== null && minor < (minorOf(than) ?? 0)
}

/** Cargo refuses a manifest whose edition its `rust-version` does not know. */
const editions: Check = ({ project }) =>
  project.crates.flatMap((crate) => {
    const edition = fieldOf(crate, 'edition').value
    const { value, where } = fieldOf(crate, 'rust-version')
    const needs = EDITIONS[String(edition)]
    if (needs === undefined || !isOlder(value, needs)) return []
    const message = `rust-version is ${value}, but edition ${edition} needs ${needs}, so cargo refuses the crate ${crate.name}.`
    const hint = `Set rust-version to ${needs} or newer, or take an older edition.`
    return [error('rust-version-too-old', message, hint, where())]
  })

/** Something that only a Rust from some version on can do. */
interface Need {
  version: string
  what: string
  where: Where
}

/** What the crates that are built need of Rust. */
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
        ? [{ version: SEVERAL, what: `packaging ${crate.name} along with ${sibling.name}`, where: sibling.usedAt }]
        : []),
    ]
  })
  const locks = project.versions.locks.filter((lock) => lock.crates.some((each) => built.includes(each)))
  const ofLocks = await Promise.all(
    locks.map(async ({ file }) => {
      const [before, form] = /^version = (\d+)$/m.exec((await folder.read(file)) ?? '') ?? []
      return ofKey(LOCKS, form, `${file} of version`, { file, line: before === undefined ? 1 : 3 })
    }),
  )
  return [...ofCrates, ...ofLocks.flat()]
}

/** The toolchain that a project names (rustup's book, "The toolchain file"), where it does. */
async function toolchainFile({ folder }: Subject): Promise<{ channel: string; where: Where } | null> {
  for (const file of ['rust-toolchain', 'rust-toolchain.toml']) {
    const text = await folder.read(file)
    if (text === null) continue
    const first = text.trim()
    if (!file.endsWith('.toml') && !/[[=\n]/.test(first)) return { channel: first, where: { file, line: 1 } }
    try {
      const document = parseToml(file, text)
      const channel = document.string('toolchain', 'channel')
      return { channel: channel ?? '', where: document.where('toolchain', 'channel') }
    } catch {
      // rustup tells what it cannot read.
      return { channel: '', where: { file, line: 1 } }
    }
  }
  return null
}

/**
 * Whether the Rust that builds the release is new enough: that of the toolchain file, or where there is none that of
 * this job, though another one may build.
 */
const newEnough: Check = async (subject) => {
  const named = await toolchainFile(subject)
  const rust = named ? named.channel : subject.cargo
  if (minorOf(rust) === null) return []
  const needs = (await needsOf(subject)).filter((each) => isOlder(rust, each.version))
  const most = needs.reduce<Need | null>(
    (best, each) => (best && !isOlder(best.version, each.version) ? best : each),
    null,
  )
  if (!most) return []
  const { version, what, where } = most
  const cannot = `${what} (${where.file}:${where.line}) needs ${version}`
  const problem: Problem = named
    ? error(
        'rust-too-old',
        `The toolchain named here is Rust ${rust}, but ${cannot}.`,
        `Name ${version} or newer.`,
        named.where,
      )
    : warning(
        'rust-too-old',
        `Rust is ${rust} here, but ${what} needs ${version}.`,
        `Set up ${version} or newer where the release is built, by \`rustup update\`, say.`,
        where,
      )
  return [problem]
}

/** Whether the Rust that is there can build what goes out. */
export const RUST_CHECKS: readonly Check[] = [editions, newEnough]
