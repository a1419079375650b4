import type { Where } from '@slipway/core/problem'
import { type Job, jobsOf } from '@slipway/documents/workflows/jobs'
import { readWorkflow, workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { tagTrigger } from '@slipway/documents/workflows/triggers'
import { type YamlDocument, YamlError } from '@slipway/documents/yaml'
import { eventsOf } from '@slipway/plan/logins/publishing-jobs'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import { type OldStep, oldSteps, type Place } from './old-steps.ts'

/** A workflow of the repository, whose paths are relative to its top. */
export interface OwnWorkflow {
  file: string
  text: string
  jobs: Job[]
  /** Whether it releases with Slipway. */
  usesSlipway: boolean
  steps: OldStep[]
  /** The first step by which it releases without Slipway; null for none. */
  publishesAt: Where | null
}

/** The parts of Slipway that publish, or build what a caller then publishes. */
const PUBLISHING =
  /^(?:\.github\/workflows\/(?:build|release)\.yml|actions\/(?:publish-crate|publish-pypi|create-release))$/

/** Reads the workflows of a repository; those that are not YAML, which GitHub does not run, are left out. */
export async function ownWorkflows(place: Place): Promise<OwnWorkflow[]> {
  const files = await workflowFiles(place.folder)
  return (await Promise.all(files.map((each) => ownWorkflow(place, each)))).filter((each) => each !== null)
}

async function ownWorkflow(place: Place, file: string): Promise<OwnWorkflow | null> {
  const [text, document] = await Promise.all([place.folder.read(file), readWorkflow(place.folder, file)])
  if (text === null || document === null || document instanceof YamlError) return null
  const jobs = jobsOf(document)
  const named = jobs.flatMap((each) => [each.uses, ...each.steps.map(({ uses }) => uses)])
  const usesSlipway = named.some((each) => PUBLISHING.test(slipwayReference(each?.text ?? '')?.path ?? ''))
  const steps = await oldSteps(jobs, place)
  return { file, text, jobs, usesSlipway, steps, publishesAt: usesSlipway ? null : publishesAt(document, steps) }
}

/**
 * Returns the step that makes a workflow a release: a step that publishes a crate or package, however it starts, or an
 * image or a GitHub release if a tag, a release or another workflow starts it. Images of branches are no releases.
 */
function publishesAt(document: YamlDocument, steps: readonly OldStep[]): Where | null {
  const isForTags =
    tagTrigger(document) !== null || eventsOf(document).some((each) => /^(?:release|workflow_call)$/.test(each))
  const first = steps.find(({ publishes, becomes }) => publishes && (isForTags || /^publish-/.test(becomes)))
  return first?.where ?? null
}

/** Returns the hand-made workflows that release, with those that call them or are called by them. */
export function handMade(all: readonly OwnWorkflow[]): OwnWorkflow[] {
  const calls = (from: OwnWorkflow, to: OwnWorkflow) =>
    from.jobs.some(({ uses }) => uses?.text.replace(/^\.\//, '') === to.file)
  const releasing = all.filter((each) => each.publishesAt !== null)
  return all.filter((each) => releasing.some((other) => each === other || calls(each, other) || calls(other, each)))
}
