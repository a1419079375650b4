import { ask } from '@slipway/core/patience'
import type { Destination, Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Problem, Severity, Where } from '@slipway/core/problem'
import { compareVersions } from '@slipway/core/version'
import type { Endpoints } from './endpoints.ts'

/** How a channel will learn who publishes. */
export interface ChannelLogin {
  kind: 'token' | 'identity'
  /** For people: `token of PYPI_TOKEN`, `trusted publishing`. */
  words: string
}

/** What a job has to authenticate with: names only, but for the token that questions to GitHub are asked with. */
export interface Credentials {
  /** How each channel will learn who publishes; null when there is nothing. */
  logins: Readonly<Record<string, ChannelLogin | null>>
  /** For questions; null to ask as nobody. */
  githubToken: string | null
  /** Whether the job may ask GitHub for identity tokens (`id-token: write`). */
  hasIdentity: boolean
}

/** A repository on GitHub: `owner/name`, and the manifest that names it where nothing surer does. */
export interface Repository {
  repository: string
  where?: Where
}

/** What destinations are asked about. */
export interface Inquiry {
  ports: Ports
  plan: Plan
  endpoints: Endpoints
  credentials: Credentials
  /** Where a crate's manifest says its name, by the crate's folder. */
  whereNamed(path: string): Where | undefined
  /** The repository that the project is released in; null when nothing tells. */
  repository(): Promise<Repository | null>
  /** Whether the release's tag was named, so that what stands in its way does so now, and not once the version is raised. */
  isTagged: boolean
}

/** What was found of one destination. */
export interface Findings {
  destinations: Destination[]
  problems: Problem[]
  /** What could not be known, and why. */
  notChecked: string[]
  /** Stable versions that are out there (SemVer). */
  versions: string[]
}

/** The findings of several destinations, in their order. */
export function joined(all: readonly Findings[]): Findings {
  return {
    destinations: all.flatMap((each) => each.destinations),
    problems: all.flatMap((each) => each.problems),
    notChecked: all.flatMap((each) => each.notChecked),
    versions: all.flatMap((each) => each.versions),
  }
}

/** Whether a destination knows who publishes by the job's identity alone. */
export function isTrusted(login: ChannelLogin | null | undefined): boolean {
  return login?.kind === 'identity'
}

/** Milliseconds until an answer must be there; a plan takes seconds. */
const TIMEOUT = 5_000

/** Requests under way at a time: registries slow down whoever asks for dozens of projects at once. */
const AT_A_TIME = 4

/** Lets a few requests through at a time; the others wait, and their time-out begins when they are sent. */
export function gently(http: Ports['http']): Ports['http'] {
  let free = AT_A_TIME
  const waiting: (() => void)[] = []
  return async (request) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resume) => waiting.push(resume))
    try {
      return await http(request)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

/**
 * Asks a question that writes nothing, twice at most. What keeps a remote from answering is a reason, never an error.
 * @param question with ports whose requests end soon
 */
export async function answer<T>(
  { ports }: Inquiry,
  question: (ports: Ports) => Promise<T>,
): Promise<{ value: T } | { reason: string }> {
  const http: Ports['http'] = (request) => ports.http({ ...request, timeout: TIMEOUT })
  const effort = { clock: ports.clock, log: ports.log, patience: { deadline: TIMEOUT, pause: 500, tries: 2 } }
  try {
    return { value: await ask(() => question({ ...ports, http }), effort) }
  } catch (cause) {
    // Something else than the remote answered, or one that has other rules.
    if (cause instanceof TypeError || cause instanceof SyntaxError) return { reason: 'its answer cannot be read' }
    // It becomes part of a sentence.
    return { reason: (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.+$/, '') }
  }
}

/** A string that an answer must have. Throws TypeError for anything else, which `answer` makes a reason of. */
export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value
}

/** Three numbers: a version that is stable, and the same in SemVer and for Python. */
const STABLE = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/

/** The stable ones among versions. */
export function stableOf(versions: readonly string[]): string[] {
  return versions.filter((each) => STABLE.test(each) && each.length < 50)
}

/** The highest of stable versions; null of none. */
export function highest(versions: readonly string[]): string | null {
  return versions.reduce<string | null>(
    (best, each) => (best === null || compareVersions(each, best) > 0 ? each : best),
    null,
  )
}

/** What is to be told of a new version, by the stable ones that are there. */
export function after(versions: readonly string[], first: string): string {
  const last = highest(stableOf(versions))
  if (versions.length === 0) return first
  return last === null ? 'no stable version is there' : `${last} is the highest stable version there`
}

/** How much it matters that a version is used up: until it is tagged, it may be one that is still to be raised. */
export function severityOf({ isTagged }: Inquiry): Severity {
  return isTagged ? 'error' : 'notice'
}

/** Where the version that is released stands. */
export function whereVersion({ plan }: Inquiry): { where: Where } | Record<string, never> {
  const place = plan.versions.find((each) => each.value === plan.version)
  return place ? { where: { file: place.file, line: place.line } } : {}
}
