import { ask } from '@slipway/core/patience'
import type { Destination, Plan } from '@slipway/core/plan'
import type { Http, HttpResponse, Ports } from '@slipway/core/ports'
import type { Problem, Severity, Where } from '@slipway/core/problem'
import { compareVersions } from '@slipway/core/version'
import type { Endpoints } from './endpoints.ts'
import { MAX_CONCURRENT_QUERIES, PLAN_QUERY_TIMEOUT_MS } from './limits.ts'

/** How a job will log in to a channel. */
export interface ChannelLogin {
  kind: 'token' | 'identity'
  /** Display text: `token of PYPI_TOKEN`, `trusted publishing`. */
  words: string
  /** What the publishing step has no login for, and needs; absent for a step that can log in. */
  missing?: string
}

/** The credentials of a job: names only, except the token for queries to GitHub. */
export interface Credentials {
  /** Login by channel; null if the job has none. */
  logins: Readonly<Record<string, ChannelLogin | null>>
  /** Token for queries; null to send them anonymously. */
  githubToken: string | null
  /** Whether the job may request ID tokens from GitHub (`id-token: write`). */
  hasIdentity: boolean
}

/** A repository on GitHub: `owner/name`, and the manifest that names it if no better source does. */
export interface Repository {
  repository: string
  where?: Where
}

/** What a plan asks its destinations about. */
export interface Inquiry {
  ports: Ports
  plan: Plan
  endpoints: Endpoints
  credentials: Credentials
  /** Returns where the manifest of the crate in a folder sets its name. */
  whereNamed(path: string): Where | undefined
  /** Returns the repository that the project is released from; null if unknown. */
  repository(): Promise<Repository | null>
  /** Whether the tag of the release was given: only then is an existing version an error. */
  isTagged: boolean
}

/** The answers of one destination. */
export interface Findings {
  destinations: Destination[]
  problems: Problem[]
  /** What could not be checked, and why. */
  notChecked: string[]
  /** Published stable versions (SemVer). */
  versions: string[]
}

/** Merges the findings of several destinations, in their order. */
export function joined(all: readonly Findings[]): Findings {
  return {
    destinations: all.flatMap((each) => each.destinations),
    problems: all.flatMap((each) => each.problems),
    notChecked: all.flatMap((each) => each.notChecked),
    versions: all.flatMap((each) => each.versions),
  }
}

/** Returns the fields of a destination that describe its login. */
export function loginFields(login: ChannelLogin | null): Pick<Destination, 'login' | 'missingLogin'> {
  if (login?.missing !== undefined) return { login: null, missingLogin: login.missing }
  return { login: login?.words ?? null }
}

/** Returns whether a login is by trusted publishing. */
export function isTrusted(login: ChannelLogin | null | undefined): boolean {
  return login?.kind === 'identity'
}

/** Limits concurrent requests; the time-out of a waiting request starts when it is sent. */
function limited(http: Http): Http {
  let free = MAX_CONCURRENT_QUERIES
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
 * Returns a client for the queries of one plan: a few at a time, and each only once, since several checks need the same
 * answers. Failed queries are sent again.
 */
export function gently(http: Http): Http {
  const send = limited(http)
  const answers = new Map<string, Promise<HttpResponse>>()
  return (request) => {
    if (request.method !== 'GET') return send(request)
    const query = JSON.stringify([request.url, request.headers])
    const answer = answers.get(query) ?? send(request)
    answers.set(query, answer)
    const forget = () => answers.delete(query)
    answer.then(({ status }) => status < 300 || status === 404 || forget(), forget)
    return answer
  }
}

/**
 * Runs a read-only query, at most twice. Returns the reason, and never throws, when the remote gives no answer.
 * @param question gets ports whose requests time out soon
 */
export async function answer<T>(
  { ports }: Pick<Inquiry, 'ports'>,
  question: (ports: Ports) => Promise<T>,
): Promise<{ value: T } | { reason: string }> {
  const http: Ports['http'] = (request) => ports.http({ ...request, timeout: PLAN_QUERY_TIMEOUT_MS })
  const effort = {
    clock: ports.clock,
    log: ports.log,
    patience: { deadline: PLAN_QUERY_TIMEOUT_MS, pause: 500, tries: 2 },
  }
  try {
    return { value: await ask(() => question({ ...ports, http }), effort) }
  } catch (cause) {
    // A proxy answered, or a remote with another protocol.
    if (cause instanceof TypeError || cause instanceof SyntaxError) return { reason: 'its answer cannot be read' }
    // The reason becomes part of a sentence.
    return { reason: (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.+$/, '') }
  }
}

/** Returns a value that must be a string; throws TypeError otherwise, which `answer` turns into a reason. */
export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value
}

/** A stable version: three numbers, which SemVer and Python read alike. */
const STABLE = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/

/** Returns the stable versions. */
export function stableOf(versions: readonly string[]): string[] {
  return versions.filter((each) => STABLE.test(each) && each.length < 50)
}

/** Returns the highest of some stable versions; null if there is none. */
export function highest(versions: readonly string[]): string | null {
  return versions.reduce<string | null>(
    (best, each) => (best === null || compareVersions(each, best) > 0 ? each : best),
    null,
  )
}

/** Describes the published versions before a new one. @param first text for when there are none */
export function after(versions: readonly string[], first: string): string {
  const last = highest(stableOf(versions))
  if (versions.length === 0) return first
  return last === null ? 'no stable version is there' : `${last} is the highest stable version there`
}

/** Returns the severity of a used-up version: before it is tagged, it may still be raised. */
export function severityOf({ isTagged }: Pick<Inquiry, 'isTagged'>): Severity {
  return isTagged ? 'error' : 'notice'
}

/** Returns where the project's files set the release's version. */
export function whereVersion({ plan }: Pick<Inquiry, 'plan'>): { where: Where } | Record<string, never> {
  const place = plan.versions.find((each) => each.value === plan.version)
  return place ? { where: { file: place.file, line: place.line } } : {}
}
