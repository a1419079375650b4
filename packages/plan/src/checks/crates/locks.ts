import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import { accepts } from '@slipway/core/requirement'
import { acceptsPython } from '@slipway/core/specifier'
import { normalizePython } from '@slipway/core/version'
import type { Crate } from '@slipway/project/cargo/crate'
import type { LockedPackage, LockFile } from '@slipway/project/cargo/lockfile'
import { versionOfPackage } from '@slipway/project/python/sibling-requirement'
import type { Check } from '../check.ts'

const pinsAccept: Check = ({ project }) =>
  project.versions.pins
    .filter(({ used, value, sibling }) => used && accepts(value, sibling.version) === false)
    .map(({ file, line, value, sibling: { name, version } }) => {
      const message = `The crate ${name} is required as \`${value}\` here, but it is ${version}: nothing that needs it builds.`
      return error('sibling-pin-differs', message, `Write version = "${version}".`, { file, line })
    })

const pythonPinsAccept: Check = ({ project, release: { pythonVersion } }) =>
  project.versions.pythonPins.flatMap(({ file, line, value, sibling, specifierOf }) => {
    const version = versionOfPackage(sibling) ?? pythonVersion
    const specifier = specifierOf(value)
    if (version === null || specifier === null || acceptsPython(specifier, version) !== false) return []
    const message = `The package ${sibling.name} is required as ${JSON.stringify(value)} here, but it is ${version}: who installs this gets another version of it, or nothing.`
    return [error('sibling-pin-differs', message, `Require a range that has ${version} in it.`, { file, line })]
  })

function stale(what: string, where: Where): Problem {
  const message = `Cargo.lock is not up to date: ${what}. Builds with \`--locked\` fail.`
  return error('lock-stale', message, 'Run `cargo update --workspace`, and commit Cargo.lock.', where)
}

type ByName = Map<string, LockedPackage[]>

/** What a crate's entry holds, and the crate does not depend on any more. */
function goneDependencies(crate: Crate, entry: LockedPackage, { file }: LockFile): Problem[] {
  const names = new Set(crate.dependencies.map((each) => each.name))
  // The old spelling of tables, `dev_dependencies`, is not read.
  const isRead = !/\b(?:dev|build)_dependencies\b/.test(crate.manifest.text)
  const gone = entry.dependencies.map(({ value }) => value.split(' ')[0] ?? '').filter((each) => !names.has(each))
  return (isRead ? gone : []).map((name) =>
    stale(`${crate.name} does not depend on ${name} any more`, { file, line: entry.line }),
  )
}

/** What a crate depends on, and its entry does not hold, or not in a version that is accepted. */
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
    if (locked.length === 0) return [stale(`${wanted}, which its entry does not know`, where)]
    // What a pin of a crate beside requires is told there.
    if (version === undefined || path !== undefined || locked.some((each) => accepts(version, each) !== false))
      return []
    return [stale(`${wanted} ${version}, but ${locked.join(' and ')} is locked`, where)]
  })
}

/** A crate that is gone may stay in the lock: cargo drops it without a word, with `--locked` too. */
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
    if (same) return [...staleDependencies(crate, same, lock, byName), ...goneDependencies(crate, same, lock)]
    const { value, line } = entry.version
    return [stale(`${crate.name} is ${value} here, but ${crate.version} in its Cargo.toml`, { file, line })]
  })
}

const locksAreFresh: Check = ({ project }) => project.versions.locks.flatMap(staleEntries)

/** Poetry takes no notice of the versions of folders in its lock file; uv does. */
const uvLocksAreFresh: Check = ({ project, release: { pythonVersion } }) =>
  project.versions.pythonLocked.flatMap(({ file, line, value, of }) => {
    const version = versionOfPackage(of) ?? pythonVersion
    if (!file.endsWith('uv.lock') || version === null || normalizePython(version) === normalizePython(value)) return []
    const message = `${file} is not up to date: ${of.name} is ${value} here, but ${version} in its pyproject.toml. \`uv sync --locked\` fails.`
    return [warning('lock-stale', message, `Run \`uv lock\`, and commit ${file}.`, { file, line })]
  })

/** Whether cargo, with Cargo.lock as it is, builds the crates with each other, and Python packages can be installed so. */
export const LOCK_CHECKS: readonly Check[] = [pinsAccept, pythonPinsAccept, locksAreFresh, uvLocksAreFresh]
