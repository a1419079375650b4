import type { Artifact } from './artifact.ts'
import { counted } from './overview.ts'
import { ask, type Effort, remoteProblem } from './patience.ts'
import { error, errorsOf, failOnErrors, type Problem, ProblemError } from './problem.ts'
import { type LoginState, type Pointer, type Probe, type Publisher, RemoteError } from './publisher.ts'

/** A publisher with what it is to publish, and the pointers that then make it visible. */
export interface Shipment {
  publisher: Publisher
  artifacts: readonly Artifact[]
  pointers?: readonly Pointer[]
  /** True where another step publishes this: it is asked what it holds, and needs no login. */
  isForeign?: boolean
}

/** A pointer as it was read. */
export interface PointerState {
  pointer: Pointer
  /** Whether it points where it should. */
  there: boolean
  /** The address and digest that it has now. */
  url?: string
  digest?: string
  /** Why it stays where it is, or may not be seen. */
  reason?: string
}

/** What one remote said before anything was written. */
export interface Surveyed {
  shipment: Shipment
  /** null where no login is needed, or it is missing. */
  login: LoginState | null
  /** In the order of the artifacts; empty where `verify` found errors. */
  probes: Probe[]
  pointers: PointerState[]
  /** What stands in the way but for content that differs: files it will refuse, a login, a pointer, no answer. */
  problems: Problem[]
}

/** Whether an answer only means that whoever asks may not look. */
function isHidden(shipment: Shipment, cause: RemoteError): boolean {
  return shipment.isForeign === true && cause.failure === 'denied'
}

/**
 * Asks one remote of a release everything that can be asked without writing: about files and login (where it is
 * published here), what it holds, and whether its pointers may move. Judges nothing of what is there.
 */
export async function survey(shipment: Shipment, effort: Effort): Promise<Surveyed> {
  const { publisher, artifacts, pointers = [], isForeign = false } = shipment
  const problems: Problem[] = []
  const surveyed: Surveyed = { shipment, login: null, probes: [], pointers: [], problems }
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
  const known = problems.length
  const notVisible = artifacts.map((): Probe => ({ state: 'not visible', detail: 'this job may not look' }))
  surveyed.probes = await asked('ask what is there', () => publisher.probe(artifacts), notVisible, [])
  // Whoever has everything needs no login: a release that is out can be run again without one.
  const isDone = pointers.length === 0 && surveyed.probes.length > 0 && surveyed.probes.every(isThere)
  if (!isForeign && artifacts.length > 0 && !isDone) {
    surveyed.login = await asked('check the login', () => publisher.checkLogin(artifacts), null, null)
    if (surveyed.login === 'refused') {
      // That nobody may look is the login's doing.
      problems.splice(known, Infinity, loginRefused(publisher.target))
      surveyed.probes = []
      return surveyed
    }
    if (surveyed.login === 'not verified') {
      effort.log.info(
        `${publisher.target}: login present, not verified: only publishing reveals whether it is accepted`,
      )
    }
  }
  // Whoever holds something else is a conflict already; its pointers would say it again.
  if (surveyed.probes.some((each) => each.state === 'different')) return surveyed
  for (const pointer of pointers) {
    const hidden: PointerState = { pointer, there: false, reason: 'this job may not look' }
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
 * Verifies and probes every publisher, and reads every pointer, before any of them acts. Writes nothing.
 * Returns what each remote holds, in the order of the shipments; warnings and notices go to the log.
 * @throws ProblemError with everything that stands in the way: one conflict for all files that differ, what `verify` found,
 * logins that are refused, pointers that must not move, and remotes that could not be asked.
 */
export async function preflight(shipments: readonly Shipment[], effort: Effort): Promise<Surveyed[]> {
  const surveyed = await Promise.all(shipments.map((each) => survey(each, effort)))
  const problems = surveyed.flatMap((each) => each.problems)
  const conflicts: Conflict[] = []
  for (const { shipment, probes } of surveyed) {
    if (probes.length === 0) continue
    const judged = judge(shipment.publisher, shipment.artifacts, probes)
    conflicts.push(...judged.conflicts)
    problems.push(...judged.problems)
  }
  problems.push(...conflictProblems(conflicts, 0))
  // A taken tag and its image are one conflict.
  const distinct = new Map(problems.map((each) => [`${each.code} ${each.message}`, each]))
  failOnErrors([...distinct.values()], effort.log)
  return surveyed
}

/** A login that the remote does not take. */
function loginRefused(target: string): Problem {
  return error(
    'login-refused',
    `${target} refuses the login, so nothing can be published there.`,
    'Check that the token is not expired or revoked, and that it may publish this project; then run the release again.',
  )
}

/** Whether an artifact needs nothing more. */
export function isThere(probe: Probe): boolean {
  return probe.state === 'same' || probe.state === 'equivalent'
}

/**
 * Throws when one of the answers forbids to write.
 * @param sent files that this step has sent before
 * @throws ProblemError with one conflict for all files that differ, and one problem for each that cannot be compared.
 */
export function failOnProbes(
  publisher: Publisher,
  artifacts: readonly Artifact[],
  probes: readonly Probe[],
  sent: number,
): void {
  const { conflicts, problems } = judge(publisher, artifacts, probes)
  problems.push(...conflictProblems(conflicts, sent))
  if (problems.length > 0) throw new ProblemError(problems)
}

interface Conflict {
  artifact: Artifact
  target: string
  isDraft: boolean
  detail?: string
}

function judge(
  publisher: Publisher,
  artifacts: readonly Artifact[],
  probes: readonly Probe[],
): { conflicts: Conflict[]; problems: Problem[] } {
  const conflicts: Conflict[] = []
  const problems: Problem[] = []
  for (const [index, artifact] of artifacts.entries()) {
    const probe = probes[index] as Probe
    const isDraft = probe.draft === true
    const about = {
      artifact,
      target: publisher.target,
      isDraft,
      ...(probe.detail !== undefined && { detail: probe.detail }),
    }
    if (probe.state === 'different') conflicts.push(about)
    else if (probe.state === 'unknown') {
      problems.push(
        error(
          'cannot-compare',
          `${publisher.target} holds ${artifact.filename} but tells nothing to compare it by${probe.detail ? ` (${probe.detail})` : ''}.`,
          'Compare the two by hand. If they are the same, leave the file out and run again; else release a new version.',
        ),
      )
    }
  }
  return { conflicts, problems }
}

/** What the conflicts are: with what is public, with a draft, or with both. */
function conflictProblems(conflicts: readonly Conflict[], sent: number): Problem[] {
  const done = sent === 0 ? 'This step has sent nothing.' : `This step had sent ${counted(sent, 'file')} before.`
  const drafts = conflicts.filter((each) => each.isDraft)
  const published = conflicts.filter((each) => !each.isDraft)
  return [
    ...(published.length > 0
      ? [
          error(
            'conflict',
            `Version ${versionOf(published)} is out already with other content, and what is published can never be replaced: ${listed(published)}. ${done}`,
            'If the published files are right, release from their commit with the artifacts built then; if the new content is right, release it under a new version.',
          ),
        ]
      : []),
    ...(drafts.length > 0
      ? [
          error(
            'draft-differs',
            `The draft of version ${versionOf(drafts)} holds other files, which are not public yet: ${listed(drafts)}. ${done}`,
            'Pass `replace-draft-assets: true` to replace them, or delete the draft on the releases page; then run the release again.',
          ),
        ]
      : []),
  ]
}

function versionOf(conflicts: readonly Conflict[]): string {
  return conflicts[0]?.artifact.version ?? ''
}

/** The files that differ, each with the places where it does. */
function listed(conflicts: readonly Conflict[]): string {
  // A file that only lists the others' checksums differs because they do: it would hide the cause.
  const causes = conflicts.filter((each) => each.artifact.kind !== 'asset')
  const shown = causes.length > 0 ? causes : conflicts
  const files = [...new Set(shown.map((each) => each.artifact.filename))].map((filename) => {
    const places = shown.filter((each) => each.artifact.filename === filename)
    return `${filename} (${places.map((each) => (each.detail ? `${each.target}: ${each.detail}` : each.target)).join('; ')})`
  })
  return files.join(', ')
}
