import { error, placeText, warning } from '@slipway/core/problem'
import { acceptsPython } from '@slipway/core/python/specifier'
import { normalizePython } from '@slipway/core/python/version'
import { accepts } from '@slipway/core/requirement'
import { isWithin } from '@slipway/documents/paths'
import type { Crate } from '@slipway/project/cargo/crate'
import type { LockedPackage, LockFile } from '@slipway/project/cargo/lockfile'
import { versionOfPackage } from '@slipway/project/python/sibling-requirement'
import { type Check, publishedCrates, type Subject } from '../check.ts'

const pinsAccept: Check = ({ project }) =>
  project.versions.pins
    .filter(({ used, value, sibling }) => used && accepts(value, sibling.version) === false)
    .map(({ file, line, value, sibling: { name, version } }) => {
      const message = `The crate ${name} is required as \`${value}\`, but its version is ${version}, so crates that need it do not build.`
      return error('sibling-pin-differs', message, `Set version = "${version}".`, { file, line })
    })

const pythonPinsAccept: Check = ({ project, release: { pythonVersion } }) =>
  project.versions.pythonPins.flatMap(({ file, line, value, sibling, specifierOf }) => {
    const version = versionOfPackage(sibling) ?? pythonVersion
    const specifier = specifierOf(value)
    if (version === null || specifier === null || acceptsPython(specifier, version) !== false) return []
    const message = `The package ${sibling.name} is required as ${JSON.stringify(value)}, but its version is ${version}, so users get another version of it or none.`
    return [error('sibling-pin-differs', message, `Require a range that contains ${version}.`, { file, line })]
  })

/** A difference between a lock file and the manifests. */
interface Difference {
  what: string
  /** The line of the lock file. */
  line: number
}

type ByName = Map<string, LockedPackage[]>

/** Returns the dependencies in a crate's lock entry that the crate no longer has. */
function removedDependencies(crate: Crate, entry: LockedPackage): Difference[] {
  const names = new Set(crate.dependencies.map((each) => each.name))
  // Slipway does not read tables in their old spelling, `dev_dependencies`.
  const areAllRead = !/\b(?:dev|build)_dependencies\b/.test(crate.manifest.text)
  const removed = entry.dependencies.map(({ value }) => value.split(' ')[0] ?? '').filter((each) => !names.has(each))
  return (areAllRead ? removed : []).map((name) => {
    return { what: `${crate.name} no longer depends on ${name}`, line: entry.line }
  })
}

/** Returns the dependencies of a crate that its lock entry does not have, or not in an accepted version. */
function staleDependencies(crate: Crate, entry: LockedPackage, byName: ByName): Difference[] {
  const { line } = entry
  const versions = (name: string) =>
    entry.dependencies.flatMap(({ value }) => {
      const [of, version] = value.split(' ')
      if (of !== name) return []
      return version ?? byName.get(name)?.[0]?.version.value ?? []
    })
  return crate.dependencies.flatMap(({ name, version, path, where }): Difference[] => {
    const locked = versions(name)
    const wanted = `${placeText(where)} has ${crate.name} depend on ${name}`
    if (locked.length === 0) return [{ what: `${wanted}, which its entry does not list`, line }]
    // `pinsAccept` reports requirements of sibling crates.
    if (version === undefined || path !== undefined || locked.some((each) => accepts(version, each) !== false))
      return []
    return [{ what: `${wanted} ${version}, but ${locked.join(' and ')} is locked`, line }]
  })
}

/** Returns where a lock is not up to date. A removed crate may stay: cargo drops it silently, even with `--locked`. */
function differences({ packages, crates }: LockFile): Difference[] {
  const byName: ByName = new Map()
  for (const each of packages) {
    const known = byName.get(each.name)
    if (known) known.push(each)
    else byName.set(each.name, [each])
  }
  return crates.flatMap((crate): Difference[] => {
    const entries = (byName.get(crate.name) ?? []).filter((each) => !each.isForeign)
    const [entry] = entries
    if (!entry) return [{ what: `the crate ${crate.name} is missing`, line: 1 }]
    const same = entries.find((each) => each.version.value === crate.version)
    if (same) return [...staleDependencies(crate, same, byName), ...removedDependencies(crate, same)]
    const { value, line } = entry.version
    return [{ what: `${crate.name} is ${value}, but ${crate.version} in its Cargo.toml`, line }]
  })
}

/** Whether the release builds with a lock: a crate of it is published, part of a wheel, or in the context of an image. */
function isBuiltWith({ file, crates }: LockFile, subject: Subject): boolean {
  const { packages, images } = subject.project
  const published = publishedCrates(subject)
  const isBuilt = (crate: Crate) =>
    published.includes(crate) || packages.some((each) => each.reason === undefined && each.crate === crate)
  return crates.some(isBuilt) || images.some((each) => isWithin(file, each.context))
}

/** One command renews a whole lock file, so its differences are one problem. */
const locksAreFresh: Check = (subject) =>
  subject.project.versions.locks
    .filter((each) => isBuiltWith(each, subject))
    .flatMap((lock) => {
      const [first, ...others] = differences(lock)
      if (!first) return []
      const more = others.length > 0 ? ` (and ${others.length} more)` : ''
      const message = `Cargo.lock is outdated: ${first.what}${more}. Builds with \`--locked\` fail.`
      const hint = 'Run `cargo update --workspace`, and commit Cargo.lock.'
      return [error('lock-stale', message, hint, { file: lock.file, line: first.line })]
    })

/** uv compares the versions of local packages with its lock file; Poetry ignores them. */
const uvLocksAreFresh: Check = ({ project, release: { pythonVersion } }) =>
  project.versions.pythonLocked.flatMap(({ file, line, value, of }) => {
    const version = versionOfPackage(of) ?? pythonVersion
    if (!file.endsWith('uv.lock') || version === null || normalizePython(version) === normalizePython(value)) return []
    const message = `${file} is outdated: ${of.name} is ${value}, but ${version} in its pyproject.toml, so \`uv sync --locked\` fails.`
    return [warning('lock-stale', message, `Run \`uv lock\`, and commit ${file}.`, { file, line })]
  })

/** Checks that sibling requirements and lock files match the versions of the crates and packages. */
export const LOCK_CHECKS: readonly Check[] = [pinsAccept, pythonPinsAccept, locksAreFresh, uvLocksAreFresh]
