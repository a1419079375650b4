import type { Artifact } from './artifact.ts'
import { ask, type Effort, remoteProblem } from './patience.ts'
import { error, errorsOf, failOnErrors, type Problem, ProblemError } from './problem.ts'
import { type Probe, type Publisher, RemoteError } from './publisher.ts'

/** A publisher with what it is to publish. */
export interface Shipment {
  publisher: Publisher
  artifacts: readonly Artifact[]
}

/**
 * Verifies and probes every publisher before any of them acts. Writes nothing.
 * Gives what each remote holds, in the order of the shipments and their artifacts; what is no error, the log is told.
 * @throws ProblemError with everything that stands in the way: one conflict for all files that differ, what `verify` found,
 * and remotes that could not be asked.
 */
export async function preflight(shipments: readonly Shipment[], effort: Effort): Promise<Probe[][]> {
  const problems: Problem[] = []
  const conflicts: Conflict[] = []
  const answers = await Promise.all(
    shipments.map(async ({ publisher, artifacts }) => {
      const found = await publisher.verify(artifacts)
      problems.push(...found)
      if (errorsOf(found).length > 0) return []
      try {
        const probes = await ask(() => publisher.probe(artifacts), effort)
        const judged = judge(publisher, artifacts, probes, effort)
        conflicts.push(...judged.conflicts)
        problems.push(...judged.problems)
        return probes
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        problems.push(remoteProblem(cause, publisher, 'ask what is there'))
        return []
      }
    }),
  )
  if (conflicts.length > 0) problems.push(conflictProblem(conflicts))
  failOnErrors(problems, effort.log)
  return answers
}

/** Whether an artifact needs nothing more. */
export function isThere(probe: Probe, effort: Effort): boolean {
  return (
    probe.state === 'same' || probe.state === 'equivalent' || (probe.state === 'unknown' && effort.trustNames === true)
  )
}

/**
 * Throws when one of the answers forbids to write.
 * @throws ProblemError with one conflict for all files that differ, and one problem for each that cannot be compared.
 */
export function failOnProbes(
  publisher: Publisher,
  artifacts: readonly Artifact[],
  probes: readonly Probe[],
  effort: Effort,
): void {
  const { conflicts, problems } = judge(publisher, artifacts, probes, effort)
  if (conflicts.length > 0) problems.push(conflictProblem(conflicts))
  if (problems.length > 0) throw new ProblemError(problems)
}

interface Conflict {
  artifact: Artifact
  target: string
  detail?: string
}

function judge(
  publisher: Publisher,
  artifacts: readonly Artifact[],
  probes: readonly Probe[],
  effort: Effort,
): { conflicts: Conflict[]; problems: Problem[] } {
  const conflicts: Conflict[] = []
  const problems: Problem[] = []
  for (const [index, artifact] of artifacts.entries()) {
    const probe = probes[index] as Probe
    const about = { artifact, target: publisher.target, ...(probe.detail !== undefined && { detail: probe.detail }) }
    if (probe.state === 'different') conflicts.push(about)
    else if (probe.state === 'unknown' && effort.trustNames !== true) {
      problems.push(
        error(
          'cannot-compare',
          `${publisher.target} holds ${artifact.filename} but tells nothing to compare it by${probe.detail ? ` (${probe.detail})` : ''}.`,
          'Compare it by hand; if it is the same, allow names to be trusted and run again.',
        ),
      )
    }
  }
  return { conflicts, problems }
}

function conflictProblem(conflicts: readonly Conflict[]): Problem {
  // A file that only lists the others' checksums differs because they do: it would hide the cause.
  const causes = conflicts.filter((each) => each.artifact.kind !== 'asset')
  const told = causes.length > 0 ? causes : conflicts
  const files = [...new Set(told.map((each) => each.artifact.filename))].map((filename) => {
    const places = told.filter((each) => each.artifact.filename === filename)
    return `${filename} (${places.map((each) => (each.detail ? `${each.target}: ${each.detail}` : each.target)).join('; ')})`
  })
  const version = told[0]?.artifact.version ?? ''
  return error(
    'conflict',
    `Version ${version} is out already with other content, and what is published can never be replaced: ${files.join(', ')}.`,
    'If the published files are right, release from their commit with the artifacts built then; if the new content is right, release it under a new version. Nothing was written.',
  )
}
