import type { VersionPlace } from '@slipway/core/plan'
import { error } from '@slipway/core/problem'
import { sameVersion } from '@slipway/core/python/version'
import { readTag, splitTag, tagFor, tagSubject } from '@slipway/core/tag'
import { startsAt, tagNotMatched } from '@slipway/documents/workflows/triggers'
import type { Crate } from '@slipway/project/cargo/crate'
import { tagFormFor } from '@slipway/project/evidence/tag-form'
import { isNamedBy } from '@slipway/project/evidence/trains'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { membersOf, nameables } from '@slipway/project/selection'
import { type Check, publishedCrates } from './check.ts'

const tagMatchesVersion: Check = ({ project, release: { tag, version }, versionPlace }) => {
  const { tag: pattern } = project.settings
  const parsed = pattern === null ? splitTag(tag) : readTag(tag, pattern, nameables(project))
  // SemVer and Python spell the same version differently.
  if (parsed && sameVersion(parsed.version, version)) return []
  const expected = expectedTag(project, version, versionPlace)
  if (!parsed && pattern !== null) {
    const message = `The tag ${tag} does not match the pattern ${pattern}, so it names no crate or package of this project.`
    const hint = `Tag this commit ${expected}, or change the pattern.`
    return [error('tag-not-of-pattern', message, hint, project.settingAt('tag'))]
  }
  const message = `The tag is ${tag}, but the version is ${version}, so the published version would differ from the tag.`
  const hint = `Set the version of the tag, commit, and tag again; or tag this commit ${expected}.`
  return [error('tag-differs-from-version', message, hint, { file: versionPlace.file, line: versionPlace.line })]
}

/** Returns the tag that releases the version. */
function expectedTag(project: Project, version: string, { file, line }: VersionPlace): string {
  const has = ({ place }: Crate | DiscoveredPackage) => place?.file === file && place.line === line
  const owner = project.packages.find(has) ?? project.crates.find(has)
  const kind = project.crates.some((each) => each === owner) ? 'crate' : 'package'
  const { pattern } = tagFormFor({ kind, name: owner?.name ?? '' }, project)
  return tagFor(version, pattern, owner?.name)
}

/** A tag that names nothing here may belong to another product of the repository. */
const tagNamesSomething: Check = ({ project, release: { tag, version }, versionPlace }) => {
  const { settings, trains, selected, tagForm } = project
  const split = settings.tag === null && selected === null ? splitTag(tag) : null
  const subject = split === null ? '' : tagSubject(split.prefix)
  const isKnown = [...trains, tagForm].some((each) => each.pattern === `${split?.prefix}{version}`)
  const isNamed = membersOf(project).some((each) => isNamedBy(subject, each))
  if (subject === '' || isKnown || isNamed) return []
  const message = `The tag ${tag} begins with ${JSON.stringify(subject)}, which names no crate, package or folder here, and no earlier tag does.`
  const expected = expectedTag(project, version, versionPlace)
  const hint = `Tag this commit ${expected}, or set \`tag\` in slipway.toml. If earlier tags have this form, fetch them: \`fetch-depth: 0\`.`
  return [error('tag-prefix-unknown', message, hint)]
}

/**
 * A release that no workflow starts looks as if it had worked, until somebody misses it. A prerelease may be a state
 * between releases, which nobody tags.
 */
const tagStartsWorkflow: Check = (subject) => {
  const { project, isTagged } = subject
  const { tag, prerelease } = subject.release
  const released = {
    crates: publishedCrates(subject).length > 0,
    packages: project.packages.some((each) => each.reason === undefined),
  }
  const triggers = project.releaseTriggers.filter((each) => [...each.publishes].some((kind) => released[kind]))
  const [first] = triggers
  if (!first || (prerelease && !isTagged)) return []
  // A workflow without tags is started by hand, by a release, or by another workflow; one with tags may be, too.
  if (triggers.some(({ tags }) => tags === null || tags.hasOthers || startsAt(tags, tag))) return []
  return [tagNotMatched(first, tag)]
}

/** Checks that the tag names the version, and a part of the project if it names one, and that pushing it starts a release. */
export const TAG_CHECKS: readonly Check[] = [tagMatchesVersion, tagNamesSomething, tagStartsWorkflow]
