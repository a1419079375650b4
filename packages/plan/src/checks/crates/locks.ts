import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import { acceptsPython } from '@slipway/core/python/specifier'
import { normalizePython } from '@slipway/core/python/version'
import { accepts } from '@slipway/core/requirement'
import type { Crate } from '@slipway/project/cargo/crate'
import type { LockedPackage, LockFile } from '@slipway/project/cargo/lockfile'
import { versionOfPackage } from '@slipway/project/python/sibling-requirement'
import type { Check } from '../check.ts'

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

function stale(what: string, where: Where): Problem {
  const message = `Cargo.lock is outdated: ${what}. Builds with \`--locked\` fail.`
  return error('lock-stale', message, 'Run `cargo update --workspace`, and commit Cargo.lock.', where)
}

type ByName = Map<string, LockedPackage[]>

/** Reports dependencies in a crate's lock entry that the crate no longer has. */
function removedDependencies(crate: Crate, entry: LockedPackage, { file }: LockFile): Problem[] {
  const names = new Set(crate.dependencies.map((each) => each.name))
  // Slipway does not read tables in their old spelling, `dev_dependencies`.
  const areAllRead = !/\b(?:dev|build)_dependencies\b/.test(crate.manifest.text)
  const removed = entry.dependencies.map(({ value }) => value.split(' ')[0] ?? '').filter((each) => !names.has(each))
  return (areAllRead ? removed : []).map((name) =>
    stale(`${crate.name} no longer depends on ${name}`, { file, line: entry.line }),
  )
}

/** Reports dependencies of a crate that its lock entry does not have, or not in an accepted version. */
function staleDependencies(crate: Crate, entry: LockedPackage, { file }: LockFile, byName: ByName): Problem[] {
  const where = { file, line: entry.line }
  const versions = (name: string) =>
    entry.dependencies.flatMap(({ value }) => {
      const [of, version] = value.split(' ')
      if (of !== name) return []
      return version ?? byName.get(name)?.[0]?.version.value ?? []
    })
  return crate.dependencies.flatMap(({ name, version, path, where: { file: manifest, line } }) => {
    const locked = versions(name)
    const wanted = `${manifest}:${line} has ${crate.name} depend on ${name}`
    if (locked.length === 0) return [stale(`${wanted}, which its entry does not list`, where)]
    // `pinsAccept` reports requirements of sibling crates.
    if (version === undefined || path !== undefined || locked.some((each) => accepts(version, each) !== false))
      return []
    return [stale(`${wanted} ${version}, but ${locked.join(' and ')} is locked`, where)]
  })
}

/** Reports crates that a lock does not have up to date. A removed crate may stay: cargo drops it silently, even with `--locked`. */
function staleEntries(lock: LockFile): Problem[] {
  const { file, packages, crates } = lock
  const byName: ByName = new Map()
  for (const each of packages) {
    const known = byName.get(each.name)
    if (known) known.push(each)
    else byName.set(each.name, [each])
  }
  return crates.flatMap((crate) => {
    const entries = (byName.get(crate.name) ?? []).filter((each) => !each.isForeign)
    const [entry] = entries
    if (!entry) return [stale(`the crate ${crate.name} is missing`, { file, line: 1 })]
    const same = entries.find((each) => each.version.value === crate.version)
    if (same) return [...staleDependencies(crate, same, lock, byName), ...removedDependencies(crate, same, lock)]
    const { value, line } = entry.version
    return [stale(`${crate.name} is ${value}, but ${crate.version} in its Cargo.toml`, { file, line })]
  })
}

const locksAreFresh: Check = ({ project }) => project.versions.locks.flatMap(staleEntries)

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
