import { placeText } from '@slipway/core/problem'
import { isWithin, join } from '@slipway/documents/paths'
import type { Crate } from '../cargo/crate.ts'
import { isDescribed, whyNotForRust } from '../cargo/crate-use.ts'
import { fieldOf } from '../cargo/field.ts'
import { internalFolder } from '../internal-folders.ts'
import type { PythonPackage } from '../python/package.ts'
import { isIncluded } from '../settings/folders.ts'
import { SETTINGS_FILE, type Settings } from '../settings/settings.ts'
import type { Evidence } from './evidence.ts'
import type { CratePublication, ReleaseWorkflows } from './release-workflows.ts'
import { seriesWords, type TagSeries } from './tag-series.ts'
import { isLanguage } from './trains.ts'

/** The contents of a project that decide about each other. */
interface Contents {
  crates: readonly Crate[]
  packages: readonly Pick<PythonPackage, 'name' | 'maturin' | 'reason'>[]
  settings: Settings
  evidence: Evidence
}

/** Whether a text has a crate's name or folder as a word, not as a part of a path or address. */
function mentions(text: string, { name, path }: Crate): boolean {
  return [name, path].some(
    (each) =>
      each !== '.' &&
      new RegExp(`(?<![\\w-]|\\w[./])${each.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-]|[./]\\w)`).test(text),
  )
}

/** Whether a command publishes a crate. */
function publishes(command: CratePublication, crate: Crate, crates: readonly Crate[]): boolean {
  const { packages, manifest, folder, isWorkspace, exclude, context } = command
  if (packages.length > 0) {
    return packages.some((each) => (each.includes('$') ? mentions(context, crate) : each.split('@')[0] === crate.name))
  }
  const file = manifest ?? join(folder, 'Cargo.toml')
  if (file.includes('$')) return mentions(context, crate)
  if (crate.manifest.file === file) return true
  // Without `--workspace`, a manifest without a package stands for all members.
  const isVirtual = crate.workspace.file === file && !crates.some((each) => each.manifest.file === file)
  const isMember =
    crate.workspace.file === file ||
    crates.some((each) => each.manifest.file === file && each.workspace === crate.workspace)
  return (isVirtual || (isWorkspace && isMember)) && !exclude.includes(crate.name)
}

/** Returns the command of the project's workflows that publishes a crate; undefined for none. */
function commandOf(crate: Crate, crates: readonly Crate[], { crates: commands }: ReleaseWorkflows) {
  return commands.find((each) => publishes(each, crate, crates))
}

/** Whether a crate lies below another without being a member of its workspace. */
function isAside({ path, manifest, workspace }: Crate, crates: readonly Crate[]): boolean {
  const isBelow = crates.some((each) => each.path !== path && isWithin(path, each.path))
  return isBelow && workspace.file === manifest.file
}

/** Whether tags release a crate: they have its name, or mean all crates that are ready for crates.io (`rust-v1.2.0`). */
function isReleasedBy({ subject }: TagSeries, crate: Crate, crates: readonly Crate[]): boolean {
  if (subject === crate.name) return true
  return isLanguage('crate', subject) && isDescribed(crate) && !isAside(crate, crates)
}

/** Returns what shows that a crate is published; null for nothing. @param command that publishes it, if any does */
function whyReleased(
  crate: Crate,
  command: CratePublication | undefined,
  { crates, settings, evidence: { series, published, workflows, readmes } }: Contents,
): string | null {
  if (settings.crates[crate.name]?.publish === true) return `${SETTINGS_FILE} says \`publish = true\``
  if (isIncluded(settings, crate.path)) return `\`include\` in ${SETTINGS_FILE} lists its folder`
  // A crate that the list leaves out is not a candidate.
  if (settings.publish !== null) return `\`publish\` in ${SETTINGS_FILE} lists it`
  if (command) return `${placeText(command.where)} runs \`${command.words}\``
  const tags = series.find((each) => isReleasedBy(each, crate, crates))
  if (tags) return seriesWords(tags)
  const onRegistry = published.get(crate.name)
  if (onRegistry !== undefined) return onRegistry
  const readme = readmes.get(crate.name)
  if (readme && internalFolder(crate.path) === null) return `${placeText(readme)} names it`
  const own = crate.manifest.get('package', 'publish')
  // Where a workflow publishes only others, `publish = true` allows what nobody does. It is not read for other registries.
  const isLeftOut = crate.publish === true && workflows.crates.length > 0
  const isSaid = (own === true || Array.isArray(own)) && !isLeftOut
  return isSaid ? `${placeText(crate.manifest.where('package', 'publish'))} says so` : null
}

/** Whether tags release a crate that no workflow publishes: then somebody does by hand, and workflows do not show what. */
function isPublishedByHand({ crates, packages, evidence: { series } }: Contents): boolean {
  return crates.some(
    (crate) =>
      crate.publish !== false &&
      whyNotForRust(crate, packages) === null &&
      series.some((each) => isReleasedBy(each, crate, crates)),
  )
}

/** Returns why a crate is not released, as nothing shows that it is; null if it is released all the same. */
function whyNotReleased(crate: Crate, contents: Contents): Pick<Crate, 'reason' | 'unproven'> | null {
  const internal = whyInternal(crate, contents)
  if (internal !== null) return { reason: internal, unproven: 'manifest' }
  const { crates, isSlipway, unread, pypi } = contents.evidence.workflows
  const where = crates[0]?.where ?? (isPublishedByHand(contents) ? null : pypi)
  if (isSlipway || unread || !where) return null
  const what = crates.length > 0 ? 'others' : 'to PyPI'
  return { reason: `No workflow publishes it: ${placeText(where)} publishes only ${what}.`, unproven: 'workflows' }
}

/** Returns why a crate seems internal by its folder and its manifest; null if it does not. */
function whyInternal(crate: Crate, { crates, packages }: Contents): string | null {
  const folder = internalFolder(crate.path)
  if (folder !== null) return `It is in the folder ${folder}.`
  // What is not for Rust has a better reason.
  if (isDescribed(crate) || whyNotForRust(crate, packages) !== null) return null
  if (isAside(crate, crates)) {
    return 'It is outside of the workspace and has no description or license, which crates.io requires.'
  }
  const isBegun = ['description', 'license', 'license-file'].some((each) => fieldOf(crate, each).value !== undefined)
  const isAlone = crates.every((each) => each === crate || each.workspace === crate.workspace)
  const isOnly = isAlone && !packages.some((each) => each.reason === undefined)
  return isBegun || isOnly ? null : 'It has neither a description nor a license, which crates.io requires.'
}

/**
 * Decides which crates are released, by what shows it: the settings, the project's own workflows, git's tags, the
 * registry, and last the manifests. A crate without evidence is still released if a released crate needs it from the
 * registry. Sets `because` of the released ones; the others get `publish: false` and a `reason`.
 */
export function withReleasedCrates(contents: Contents): Crate[] {
  const { packages, settings, evidence } = contents
  const commands = new Map(
    contents.crates
      .filter((each) => each.publish !== false)
      .map((each) => [each.path, commandOf(each, contents.crates, evidence.workflows)]),
  )
  const crates = contents.crates.map((each): Crate => {
    return commands.get(each.path) ? { ...each, isPublishedByWorkflow: true } : each
  })
  const candidates = crates.filter((each) => each.publish !== false)
  const released = new Map<string, string | null>()
  const reasons = new Map<string, Pick<Crate, 'reason' | 'unproven'>>()
  for (const each of candidates) {
    const because = whyReleased(each, commands.get(each.path), contents)
    const reason = because === null ? whyNotReleased(each, contents) : null
    if (reason === null) released.set(each.path, because)
    else reasons.set(each.path, reason)
  }
  const isForRust = (each: Crate) =>
    whyNotForRust(each, packages) === null || settings.crates[each.name]?.publish === true
  const queue = candidates.filter((each) => released.has(each.path) && isForRust(each))
  for (const { name, dependencies } of queue) {
    for (const { path = '', kind, version } of dependencies) {
      // cargo strips dev-dependencies that have no version.
      if ((kind === 'dev' && version === undefined) || !reasons.delete(path)) continue
      released.set(path, `${name} needs it`)
      queue.push(...candidates.filter((each) => each.path === path))
    }
  }
  return crates.map((each) => {
    const reason = reasons.get(each.path)
    if (reason !== undefined) return { ...each, ...reason, publish: false }
    const because = released.get(each.path)
    return because == null ? each : { ...each, because }
  })
}
