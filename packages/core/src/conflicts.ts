import type { Artifact } from './artifact.ts'
import { counted } from './counted.ts'
import { error, type Problem, ProblemError } from './problem.ts'
import type { Probe, Publisher } from './publisher.ts'

/**
 * Checks that the answers allow a write.
 * @param sent number of files that this step has sent
 * @throws ProblemError with one conflict for all files that differ, and one problem for each that cannot be compared
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

/** A file of which the remote has other content. */
export interface Conflict {
  artifact: Artifact
  target: string
  /** Whether what the remote has is not public yet. */
  isDraft: boolean
  detail?: string
}

/** Returns the conflicts among the answers, and the problems of those that cannot be compared (`cannot-compare`). */
export function judge(
  publisher: Publisher,
  artifacts: readonly Artifact[],
  probes: readonly Probe[],
): { conflicts: Conflict[]; problems: Problem[] } {
  const conflicts: Conflict[] = []
  const problems: Problem[] = []
  for (const [index, artifact] of artifacts.entries()) {
    const probe = probes[index] as Probe
    const isDraft = probe.draft === true
    const conflict = {
      artifact,
      target: publisher.target,
      isDraft,
      ...(probe.detail !== undefined && { detail: probe.detail }),
    }
    if (probe.state === 'different') conflicts.push(conflict)
    else if (probe.state === 'unknown') {
      problems.push(
        error(
          'cannot-compare',
          `${publisher.target} has ${artifact.filename} but no digest to compare${probe.detail ? ` (${probe.detail})` : ''}, so Slipway stops.`,
          'Compare the two files yourself. If they are equal, leave yours out and run again; else release a new version.',
        ),
      )
    }
  }
  return { conflicts, problems }
}

/** Makes the problems of the conflicts: with published files, with a draft, or with both. */
export function conflictProblems(conflicts: readonly Conflict[], sent: number): Problem[] {
  const done = sent === 0 ? 'This step has sent nothing.' : `This step has sent ${counted(sent, 'file')} before.`
  const drafts = conflicts.filter((each) => each.isDraft)
  const published = conflicts.filter((each) => !each.isDraft)
  return [
    ...(published.length > 0
      ? [
          error(
            'conflict',
            `Version ${versionOf(published)} is already published with other content, which cannot be replaced: ${listed(published)}. ${done}`,
            'If the published files are right, release their commit with the artifacts of its build; else release a new version.',
          ),
        ]
      : []),
    ...(drafts.length > 0
      ? [
          error(
            'draft-differs',
            `The draft of version ${versionOf(drafts)} has other files, which are not public yet: ${listed(drafts)}. ${done}`,
            'Pass `replace-draft-assets: true` to replace them, or delete the draft on the releases page; then run the release again.',
          ),
        ]
      : []),
  ]
}

function versionOf(conflicts: readonly Conflict[]): string {
  return conflicts[0]?.artifact.version ?? ''
}

/** Lists the files that differ, each with its destinations. */
function listed(conflicts: readonly Conflict[]): string {
  // A file with the checksums of the others only differs because they do, so it would hide the cause.
  const causes = conflicts.filter((each) => each.artifact.kind !== 'asset')
  const reported = causes.length > 0 ? causes : conflicts
  const files = [...new Set(reported.map((each) => each.artifact.filename))].map((filename) => {
    const places = reported.filter((each) => each.artifact.filename === filename)
    return `${filename} (${places.map((each) => (each.detail ? `${each.target}: ${each.detail}` : each.target)).join('; ')})`
  })
  return files.join(', ')
}
