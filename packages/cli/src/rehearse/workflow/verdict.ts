import { stateWords } from '@slipway/core/overview'
import { error, notice, type Problem } from '@slipway/core/problem'
import { startsAt, tagNotMatched, tagTrigger } from '@slipway/documents/workflows/triggers'
import type { LogEntry } from '@slipway/sandbox/log'
import type { NotRehearsed, Pass, Report } from '../report.ts'
import type { ActResult, Annotation } from './act-log.ts'
import { problemOf } from './failures.ts'
import type { ReadWorkflow } from './reading.ts'
import { standInOf } from './stand-ins.ts'

/** Services for traffic between jobs, whose uploads do not belong to the release. */
const BETWEEN_JOBS = ['results', 'git']

/** Host that act itself asks for a newer version. */
const ACT_UPDATES = 'api.nektosact.com'

/** Sums up what a run sent to registries, from the sandbox's log. */
export function passOf(requests: readonly LogEntry[], seconds: number): Pass {
  const released = requests.filter((each) => !BETWEEN_JOBS.includes(each.service))
  const bytesSent = released.filter((each) => each.upload).reduce((sum, each) => sum + each.bodyBytes, 0)
  return { bytesSent, requests: released.length, seconds }
}

/**
 * Returns the first reason that each job gave for not rehearsing a part, since others follow from it, and the stand-ins
 * that do nothing, each once.
 */
export function notRehearsedParts(
  found: ActResult['notRehearsed'],
  { uses }: Pick<ReadWorkflow, 'uses'>,
): NotRehearsed[] {
  const firstReasons = new Map(found.toReversed().map(({ job, reason }) => [job, { what: job, reason }]))
  const standIns = [...new Set(uses)].flatMap((what) => {
    const reason = standInOf(what.replace(/@.*$/, ''))?.notRehearsed ?? ''
    return reason === '' ? [] : [{ what, reason }]
  })
  const byStandIns = new Set(standIns.map((each) => each.reason))
  return [...[...firstReasons.values()].toReversed().filter((each) => !byStandIns.has(each.reason)), ...standIns]
}

/** Returns the warnings of steps without repeats, since several steps may report the same. */
export function warnings(annotations: readonly Annotation[]): Problem[] {
  const found = annotations.filter((each) => each.severity === 'warning').map(problemOf)
  return [...new Map(found.map((each) => [each.message, each])).values()]
}

/** Returns a warning if pushing the tag does not start the workflow, which act runs anyway. */
export function notStarted({ document, file }: Pick<ReadWorkflow, 'document' | 'file'>, tag: string): Problem[] {
  const tags = tagTrigger(document)
  return tags && startsAt(tags, tag) ? [] : [tagNotMatched({ file, tags }, tag)]
}

/** Returns a notice about secrets whose names match no login of the sandbox. */
export function madeUp(names: readonly string[], file: string): Problem[] {
  if (names.length === 0) return []
  const message = `The sandbox has no login for ${names.join(', ')}, so the workflow ran with a made-up value.`
  return [notice('workflow-secret-made-up', message, 'Ignore this unless a step needs the value.', { file, line: 1 })]
}

/** Returns a notice about hosts that steps tried to reach and a rehearsal blocks. */
export function cutOff(hosts: readonly string[]): Problem[] {
  const blocked = hosts.filter((each) => each !== ACT_UPDATES)
  if (blocked.length === 0) return []
  const message = `The rehearsal blocked requests from steps to ${blocked.join(', ')}.`
  return [
    notice(
      'workflow-host-refused',
      message,
      'Ignore this unless a step failed: only the hosts that cargo and pip read from are reachable.',
    ),
  ]
}

/** Returns errors about destinations without the complete release. */
export function notOut(destinations: Report['destinations'], file: string): Problem[] {
  const hint = `Add a step that publishes there to ${file}, or remove the destination in slipway.toml.`
  return destinations
    .filter((each) => each.standing !== 'out')
    .map(({ destination, standing, detail }) => {
      const message = `The workflow succeeded, but the release at ${destination} is incomplete: ${stateWords(standing)} (${detail}).`
      return error('workflow-incomplete', message, hint)
    })
}

/** Returns an error if the second run sent anything. */
export function sentAgain({ bytesSent }: Pick<Pass, 'bytesSent'>, file: string): Problem[] {
  if (bytesSent === 0) return []
  const message = `Running the workflow again sent ${bytesSent} bytes to registries; it must send nothing.`
  const hint = "Build reproducibly, and publish with Slipway's actions, which skip what already exists."
  return [error('workflow-sent-again', message, hint, { file, line: 1 })]
}
