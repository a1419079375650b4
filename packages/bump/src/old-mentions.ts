import type { Where } from '@slipway/core/problem'
import { toPython } from '@slipway/core/python/version'
import { isPrerelease, parseVersion } from '@slipway/core/version'
import type { Folder } from '@slipway/documents/folder'
import type { Project } from '@slipway/project/project'
import { selectedNames } from '@slipway/project/selection'
import { MAX_MENTION_LINE_CHARS } from './limits.ts'

/** Files whose versions are found exactly: manifests and lock files. */
const EXACT = /(?:^|\/)(?:Cargo\.toml|pyproject\.toml|[\w.-]+\.lock|[\w-]+-lock\.\w+|slipway\.toml)$/

/** Words after which a version is history, which a release does not change. */
const HISTORY =
  /\b(?:since|deprecated|version(?:added|changed|removed)|(?:added|changed|fixed|removed|introduced) in)\b/i

/** Words that introduce the version of the project itself. */
const OWN = String.raw`\b(?:version|release|tag)["']?\s*(?:[:=]+>?|is)\s*["']?`

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/**
 * Returns what lines may show of a version that the new one does not share: `1.2.0`, and `1.2` and `1` if those differ too.
 * @returns expressions of whole versions
 */
function shownParts(from: string, to: string): { whole: string; short: string[] } {
  const [old, next] = [parseVersion(from), parseVersion(to)]
  const whole = [...new Set([from, toPython(from) ?? from])].map(escaped).join('|')
  if (!old || !next || isPrerelease(from)) return { whole, short: [] }
  const isMinorNew = old.minor !== next.minor || old.major !== next.major
  const minor = isMinorNew ? [escaped(`${old.major}.${old.minor}`)] : []
  return { whole, short: old.major === next.major ? minor : [...minor, `${old.major}`] }
}

/** Compiles the expression of a line that shows the old version: beside a name, or as the version of the project. */
function expressionOf(names: readonly string[], from: string, to: string): RegExp {
  const { whole, short } = shownParts(from, to)
  const end = String.raw`(?![\w+]|[.-]\w)`
  const spellings = names.map((each) =>
    each
      .split(/[-_.]+/)
      .map(escaped)
      .join('[-_.]'),
  )
  const named = String.raw`(?<![\w-])(?:${spellings.join('|')})(?![\w-])`
  // The short forms are numbers like any other, so they count only where a requirement or an address has them.
  const required = String.raw`(?:[~^=<>@]=?|["'/])\s*v?(?:${short.join('|')})${end}(?=["'/\s,;)\]]|$)`
  const shown = [String.raw`(?<![\w.+])v?(?:${whole})${end}`, ...(short.length > 0 ? [required] : [])].join('|')
  return new RegExp(`${named}.{0,100}?(?:${shown})|${OWN}v?(?:${whole})${end}`, 'i')
}

/**
 * Finds the lines that still show the old version after a bump: requirements in a README, addresses of documentation,
 * `pip install` lines. Lock files, manifests and the changelog are left out, as are lines about history.
 * @param folder the project with the new version
 * @param from the old version, and `to` the new: SemVer
 */
export async function oldMentions(folder: Folder, project: Project, from: string, to: string): Promise<Where[]> {
  const { crates, packages, changelog, selected } = project
  const names = [...new Set([...crates, ...packages].map((each) => each.name))]
  const shows = expressionOf(selected === null ? names : selectedNames(selected), from, to)
  const all = await folder.files()
  const files = all.filter((each) => !EXACT.test(each) && each !== changelog?.file)
  const found = files.map(async (file): Promise<Where[]> => {
    const text = await folder.read(file)
    // Binary files have NULs.
    if (text === null || text.includes('\0')) return []
    return text.split('\n').flatMap((line, index) => {
      const isShort = line.length <= MAX_MENTION_LINE_CHARS
      return isShort && shows.test(line) && !HISTORY.test(line) ? [{ file, line: index + 1 }] : []
    })
  })
  return (await Promise.all(found)).flat()
}
