import type { Artifact } from './artifact.ts'
import { type Conflict, conflictProblems, judge } from './conflicts.ts'
import { grown } from './growth.ts'
import { FRESH_ANSWER_MS } from './limits.ts'
import { ask, type Effort, remoteProblem } from './patience.ts'
import type { Clock } from './ports.ts'
import { error, errorsOf, failOnErrors, type Problem } from './problem.ts'
import { type LoginState, type Pointer, type Probe, type Publisher, RemoteError } from './publisher.ts'

/** A publisher with the artifacts to publish, and the pointers that make them visible afterwards. */
export interface Shipment {
  publisher: Publisher
  artifacts: readonly Artifact[]
  pointers?: readonly Pointer[]
  /** True when another step publishes this: the remote is only queried, without a login. */
  isForeign?: boolean
  /** True when its first write is the first of this run, so that it checks the login where nothing goes beside it. */
  isFirst?: boolean
}

/** The state of a pointer. */
export interface PointerState {
  pointer: Pointer
  /** Whether it points to the right place already. */
  there: boolean
  /** Its current address and digest. */
  url?: string
  digest?: string
  /** Why it stays where it is, or is not visible. */
  reason?: string
}

/** The state of one remote before anything is written. */
export interface Surveyed {
  shipment: Shipment
  /** null when no login is needed, or it is missing. */
  login: LoginState | null
  /** In the order of the artifacts; empty when `verify` found errors. */
  probes: Probe[]
  pointers: PointerState[]
  /** When the remote answered, in milliseconds since the epoch; null once something was written there. */
  at: number | null
  /** Everything in the way except different content: files that it will refuse, a login, a pointer, no answer. */
  problems: Problem[]
}

/** Whether an answer only means that this job has no access. */
function isHidden(shipment: Shipment, cause: RemoteError): boolean {
  return shipment.isForeign === true && cause.failure === 'denied'
}

/**
 * Checks one remote of a release without writing: its files and login (if this step publishes there), its contents, and
 * whether its pointers may move. The caller judges the contents.
 */
export async function survey(shipment: Shipment, effort: Effort): Promise<Surveyed> {
  const { publisher, artifacts, pointers = [], isForeign = false } = shipment
  const problems: Problem[] = []
  const surveyed: Surveyed = { shipment, login: null, probes: [], pointers: [], at: effort.clock.now(), problems }
  const asked = async <T>(doing: string, question: () => Promise<T>, hidden: T | null, failed: T): Promise<T> => {
    try {
      return await ask(question, effort)
    } catch (cause) {
      if (!(cause instanceof RemoteError)) throw cause
      if (hidden !== null && isHidden(shipment, cause)) return hidden
      problems.push(remoteProblem(cause, publisher, doing))
      return failed
    }
  }
  if (!isForeign) {
    const found = await publisher.verify(artifacts)
    problems.push(...found)
    if (errorsOf(found).length > 0) return surveyed
  }
  const problemsBefore = problems.length
  const notVisible = artifacts.map((): Probe => ({ state: 'not visible', detail: 'this job has no access' }))
  surveyed.probes = await asked('list the existing files', () => publisher.probe(artifacts), notVisible, [])
  // A remote that has everything needs no login, so that a published release can run again without one.
  const isDone = pointers.length === 0 && surveyed.probes.length > 0 && surveyed.probes.every(isThere)
  const sendsOneFirst = publisher.prepare !== undefined || publisher.pace?.firstAlone === true
  const isCheckedBySending = shipment.isFirst && sendsOneFirst && problems.length === problemsBefore
  if (!isForeign && artifacts.length + pointers.length > 0 && !isDone && !isCheckedBySending) {
    surveyed.login = await asked('check the login', () => publisher.checkLogin(artifacts), null, null)
    if (surveyed.login === 'refused') {
      // The refused login also explains a failed probe, so it replaces that problem.
      problems.splice(problemsBefore, Infinity, loginRefused(publisher.target))
      surveyed.probes = []
      return surveyed
    }
    if (surveyed.login === 'not verified') {
      effort.log.info(
        `${publisher.target}: login present but not verified; only publishing reveals whether it is accepted`,
      )
    }
  }
  // Different content is a conflict already; the pointers would only repeat it.
  if (surveyed.probes.some((each) => each.state === 'different')) return surveyed
  for (const pointer of pointers) {
    const hidden: PointerState = { pointer, there: false, reason: 'this job has no access' }
    const read = await asked(`read ${pointer.name}`, () => readPointer(pointer, problems), hidden, null)
    if (read) surveyed.pointers.push(read)
  }
  return surveyed
}

async function readPointer(pointer: Pointer, problems: Problem[]): Promise<PointerState> {
  const read = await pointer.read()
  if (read.there) return { pointer, ...read }
  const refusal = await pointer.mayMove()
  if (refusal?.severity === 'error') problems.push(refusal)
  return { pointer, ...read, ...(refusal && { reason: refusal.message }) }
}

/**
 * Verifies and probes every publisher and reads every pointer before the first write. Warnings and notices go to the log.
 * @returns the state of each remote, in the order of the shipments
 * @throws ProblemError with everything in the way: one conflict for all files that differ, the findings of `verify`,
 * refused logins, pointers that must not move, and remotes that did not answer
 */
export async function preflight(shipments: readonly Shipment[], effort: Effort): Promise<Surveyed[]> {
  const surveyed = await Promise.all(shipments.map((each) => survey(each, effort)))
  const problems = surveyed.flatMap((each) => each.problems)
  const conflicts: Conflict[] = []
  for (const { shipment, probes } of surveyed) {
    if (probes.length === 0) continue
    const judged = judge(shipment.publisher, shipment.artifacts, probes)
    conflicts.push(...judged.conflicts)
    problems.push(...judged.problems, ...grown(shipment.publisher.target, shipment.artifacts, probes))
  }
  problems.push(...conflictProblems(conflicts, 0))
  // A taken tag and its image report the same conflict.
  const distinct = new Map(problems.map((each) => [`${each.code} ${each.message}`, each]))
  failOnErrors([...distinct.values()], effort.log)
  return surveyed
}

/**
 * Returns a survey of this run that still holds, and marks that its remote is written to from now on; null when it is out
 * of date, when something was written there since, or when the remote did not answer everything.
 */
export function takeFresh(surveyed: Surveyed, clock: Clock): Surveyed | null {
  const { at, probes, shipment } = surveyed
  surveyed.at = null
  const isFresh = at !== null && clock.now() - at < FRESH_ANSWER_MS
  return isFresh && probes.length === shipment.artifacts.length ? surveyed : null
}

/** Makes the problem of a refused login. */
export function loginRefused(target: string): Problem {
  return error(
    'login-refused',
    `${target} refuses the login, so nothing can be published there.`,
    'Check that the token is valid and may publish this project, then run the release again.',
  )
}

/** Whether the remote has the artifact already. */
export function isThere(probe: Probe): boolean {
  return probe.state === 'same' || probe.state === 'equivalent'
}
