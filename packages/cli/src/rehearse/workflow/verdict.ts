import { error, notice, type Problem, warning } from '@slipway/core/problem'
import type { LogEntry } from '@slipway/sandbox/log'
import type { NotRehearsed, Pass, Report } from '../report.ts'
import type { ActResult, Annotation } from './act-log.ts'
import { problemOf } from './failures.ts'
import type { ReadWorkflow } from './reading.ts'
import { standInOf } from './stand-ins.ts'
import { startsAt, tagTrigger } from './triggers.ts'

/** The services whose uploads are not the release's: jobs hand files to each other there. */
const BETWEEN_JOBS = ['results', 'git']

/** Where act itself looks for a newer one. */
const OF_ACT = 'api.nektosact.com'

/** What a run sent to registries, by the requests that the sandbox had meanwhile. */
export function passOf(requests: readonly LogEntry[], seconds: number): Pass {
  const released = requests.filter((each) => !BETWEEN_JOBS.includes(each.service))
  const bytesSent = released.filter((each) => each.upload).reduce((sum, each) => sum + each.bodyBytes, 0)
  return { bytesSent, requests: released.length, seconds }
}

/** What jobs first said that they did not do, from which the rest follows, and the stand-ins that do nothing, each once. */
export function leftOut(found: ActResult['notRehearsed'], { uses }: Pick<ReadWorkflow, 'uses'>): NotRehearsed[] {
  const said = new Map(found.toReversed().map(({ job, reason }) => [job, { what: job, reason }]))
  const standIns = [...new Set(uses)].flatMap((what) => {
    const reason = standInOf(what.replace(/@.*$/, ''))?.notRehearsed ?? ''
    return reason === '' ? [] : [{ what, reason }]
  })
  const byStandIns = new Set(standIns.map((each) => each.reason))
  return [...[...said.values()].toReversed().filter((each) => !byStandIns.has(each.reason)), ...standIns]
}

/** What steps warned of, each once: several steps may see the same. */
export function warnings(annotations: readonly Annotation[]): Problem[] {
  const found = annotations.filter((each) => each.severity === 'warning').map(problemOf)
  return [...new Map(found.map((each) => [each.message, each])).values()]
}

/** Whether the push of the tag starts the workflow: act runs it all the same. */
export function notStarted({ document, file }: Pick<ReadWorkflow, 'document' | 'file'>, tag: string): Problem[] {
  const trigger = tagTrigger(document)
  if (trigger && startsAt(trigger, tag)) return []
  const message = `The push of the tag ${tag} does not start ${file}.`
  const hint = 'Let it match: `on: { push: { tags: ["v*"] } }`.'
  return [warning('workflow-tag-not-matched', message, hint, { file, line: 1 })]
}

/** Secrets whose names tell of no login of the sandbox. */
export function madeUp(names: readonly string[], file: string): Problem[] {
  if (names.length === 0) return []
  const message = `The sandbox has no login for ${names.join(', ')}, so the workflow ran with a made-up value.`
  return [notice('workflow-secret-made-up', message, 'Nothing to do, unless a step needs it.', { file, line: 1 })]
}

/** Hosts that steps asked for, and that a rehearsal does not reach. */
export function cutOff(hosts: readonly string[]): Problem[] {
  const asked = hosts.filter((each) => each !== OF_ACT)
  if (asked.length === 0) return []
  const message = `Steps asked for ${asked.join(', ')}, which a rehearsal does not reach.`
  return [notice('workflow-host-refused', message, 'Only what cargo and pip read from is reached.')]
}

/** Destinations that the workflow left without the release. */
export function notOut(destinations: Report['destinations'], file: string): Problem[] {
  const hint = `Add the step that publishes there to ${file}, or take it out of the plan in slipway.toml.`
  return destinations
    .filter((each) => each.standing !== 'out')
    .map(({ destination, standing, detail }) => {
      const message = `The workflow went through, but the release is \`${standing}\` at ${destination}: ${detail}.`
      return error('workflow-incomplete', message, hint)
    })
}

/** What the second run sent: it must be nothing. */
export function sentAgain({ bytesSent }: Pick<Pass, 'bytesSent'>, file: string): Problem[] {
  if (bytesSent === 0) return []
  const message = `Running the workflow again sent ${bytesSent} bytes to registries; it must send nothing.`
  const hint = 'Build reproducibly, or publish by actions of Slipway, which ask what is there first.'
  return [error('workflow-sent-again', message, hint, { file, line: 1 })]
}
