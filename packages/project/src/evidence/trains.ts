import type { GitHistory } from '@slipway/core/git-history'
import { normalizeName } from '@slipway/core/name'
import { ProblemError } from '@slipway/core/problem'
import { compareSpellings } from '@slipway/core/python/version'
import { parseToml } from '@slipway/documents/toml'
import { latestSeries, seriesWords, type TagSeries } from './tag-series.ts'

/** A crate or Python package that may be released with others. */
export interface Member {
  kind: 'crate' | 'package'
  name: string
  /** Its folder, relative to the project. */
  path: string
  /** Its version, and the file that has it; null if it is computed. */
  place: { file: string; value: string } | null
}

/** Crates and packages that are released together, under tags of one form. */
export interface Train {
  /** The pattern of its tags: `python-v{version}`. */
  pattern: string
  /** What its tags name: `python`; empty if they name nothing. */
  subject: string
  crates: string[]
  packages: string[]
  /** Those of them that had another version than the newest tag, at that tag: their versions are separate. */
  separate: Pick<Member, 'kind' | 'name'>[]
  /** The versions of its last tags, newest first; none for a group of the settings. */
  versions: readonly string[]
  /** What shows it: `tags v1.2.0, v1.1.4`. */
  because: string
}

/** Whether a crate or package is released by a train. */
export function isMember({ kind, name }: Pick<Member, 'kind' | 'name'>, { crates, packages }: Train): boolean {
  return (kind === 'crate' ? crates : packages).includes(name)
}

/** The languages that tags name, for all of a project's crates or packages. */
const OF_LANGUAGE: Record<Member['kind'], RegExp> = {
  crate: /^(?:rust|rs|crates?|cargo)$/,
  package: /^(?:python|py|pypi)$/,
}

/** Whether a tag that names something means all crates, or all packages, of a project. */
export function isLanguage(kind: Member['kind'], subject: string): boolean {
  return OF_LANGUAGE[kind].test(subject)
}

/** Whether a tag that names something means a crate or package: by its name, its folder, or its language. */
export function isNamedBy(subject: string, { kind, name, path }: Pick<Member, 'kind' | 'name' | 'path'>): boolean {
  // The folders of a project may precede the name: `rust/demo/v1.2.0`.
  const wanted = normalizeName(subject.split('/').at(-1) ?? '')
  if (wanted === '') return false
  return (
    normalizeName(name) === wanted || normalizeName(path.split('/').at(-1) ?? '') === wanted || isLanguage(kind, wanted)
  )
}

/** Whether a version may follow the newest of a series, by its numbers alone: `1.2.0.dev0` may follow 1.2.0rc1. */
function follows({ place }: Member, { versions: [newest] }: TagSeries): boolean {
  return place === null || compareSpellings(numbersOf(place.value), numbersOf(newest)) >= 0
}

function numbersOf(version: string): string {
  return /^[\d.]*\d/.exec(version)?.[0] ?? version
}

/** What the files of each member had at a tag of a series, by default its newest. */
type AtTags = (member: Member, series: TagSeries, version?: string) => 'same' | 'other' | 'unknown'

/**
 * Returns the series that a crate or package belongs to: one that names it, or else one that names nothing, unless that
 * one has released it since. Versions decide: that of the newest tag is the same or older. A crate whose version follows
 * none is separate, and moves with the tags that name nothing.
 */
function seriesOf(member: Member, all: readonly TagSeries[], atTags: AtTags): TagSeries | null {
  const naming = all.filter((each) => isNamedBy(each.subject, member))
  const general = all.filter((each) => each.subject === '')
  const others = all.filter((each) => each.subject !== '' && !naming.includes(each))
  const fits = (each: TagSeries) => follows(member, each)
  const moved = (each: TagSeries) => atTags(member, each) === 'same'
  const own = latestSeries(naming.filter(fits)) ?? latestSeries(naming)
  const common = latestSeries(general.filter(moved)) ?? latestSeries(general.filter(fits))
  if (own && common && compareSpellings(common.versions[0], own.versions[0]) > 0 && fits(common)) return common
  const found = own ?? common ?? latestSeries(others.filter((each) => moved(each) && fits(each)))
  return found ?? (member.kind === 'crate' ? latestSeries(general) : undefined) ?? null
}

/** Returns the versions that a TOML manifest sets: of a crate, a workspace, a Python project or Poetry's. */
function versionsIn(file: string, text: string): string[] {
  try {
    const document = parseToml(file, text)
    const keys = [['package'], ['workspace', 'package'], ['project'], ['tool', 'poetry']]
    return keys.flatMap((each) => document.string(...each, 'version') ?? [])
  } catch (cause) {
    if (cause instanceof ProblemError) return []
    throw cause
  }
}

/** Reads the versions that members' manifests had at tags, by tag and file: null for a file that was missing. */
async function versionsAt(
  tags: readonly string[],
  members: readonly Member[],
  history: GitHistory | undefined,
): Promise<[key: string, versions: string[] | null][]> {
  const files = [...new Set(members.flatMap((each) => (each.place?.file.endsWith('.toml') ? each.place.file : [])))]
  const wanted = tags.flatMap((tag) => files.map((file) => ({ tag, file })))
  const texts = (await history?.readAt(wanted)) ?? []
  return wanted.map(({ tag, file }, index) => {
    const text = texts[index] ?? null
    return [`${tag} ${file}`, text === null ? null : versionsIn(file, text)]
  })
}

/** Reads what members' manifests had at the newest tag of each series, and at older ones if none had that version. */
async function readAtTags(
  members: readonly Member[],
  all: readonly TagSeries[],
  history: GitHistory | undefined,
): Promise<AtTags> {
  const known = new Map<string, string[] | null>()
  const atTags: AtTags = ({ place }, { prefix, versions: [newest] }, version = newest) => {
    const versions = place && known.get(`${prefix}${version} ${place.file}`)
    if (!versions || versions.length === 0) return 'unknown'
    return versions.some((each) => compareSpellings(each, version) === 0) ? 'same' : 'other'
  }
  const read = async (tags: readonly string[]) => {
    for (const [key, versions] of await versionsAt(tags, members, history)) known.set(key, versions)
  }
  await read(all.map((each) => each.prefix + each.versions[0]))
  const open = all.filter((series) => !members.some((each) => atTags(each, series) === 'same'))
  await read(open.flatMap(({ prefix, versions: [, ...older] }) => older.map((version) => prefix + version)))
  return atTags
}

/**
 * Returns a series from its newest tag on whose version was in the files: newer ones are candidates of a version
 * (`1.2.0-rc1`), or mistakes. Where no file had the version of a tag, releases set it from the tag, and all stay.
 */
function fromReleased(series: TagSeries, members: readonly Member[], atTags: AtTags): TagSeries {
  const isReleased = (version: string) => members.some((each) => atTags(each, series, version) === 'same')
  const [newest, ...older] = series.versions.slice(Math.max(0, series.versions.findIndex(isReleased)))
  return newest === undefined ? series : { ...series, versions: [newest, ...older] }
}

/**
 * Returns the release trains of a project, by git's tags: the members that each series of tags releases. Members that no
 * series fits are in none. A series without members is left out.
 */
export async function trainsOf(
  members: readonly Member[],
  all: readonly TagSeries[],
  history: GitHistory | undefined,
): Promise<Train[]> {
  const atTags = await readAtTags(members, all, history)
  const series = all.map((each) => fromReleased(each, members, atTags))
  // On a branch for an older version, the newest tags are of others.
  if (!members.some((each) => series.some((one) => follows(each, one)))) return []
  const found = members.map((each) => ({ each, series: seriesOf(each, series, atTags) }))
  return series.flatMap((one): Train[] => {
    const own = found.filter((each) => each.series === one).map(({ each }) => each)
    if (own.length === 0) return []
    const names = (kind: Member['kind']) => own.filter((each) => each.kind === kind).map((each) => each.name)
    // Where no member has the version of the tag, the release sets it from the tag.
    const isWritten = own.some((each) => atTags(each, one) === 'same')
    const isSeparate = (each: Member) => atTags(each, one) === 'other' || !follows(each, one)
    return [
      {
        pattern: `${one.prefix}{version}`,
        subject: one.subject,
        crates: names('crate'),
        packages: names('package'),
        separate: own.filter((each) => isWritten && isSeparate(each)),
        versions: one.versions,
        because: seriesWords(one),
      },
    ]
  })
}
