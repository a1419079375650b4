import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Surveyed } from '@slipway/core/preflight'
import type { Receipt } from '@slipway/core/receipt'
import type { Access, Destination } from '@slipway/registries/destination'
import type { Step } from '../job/step.ts'
import type { Outcome } from './outcome.ts'

/**
 * The steps of a release that stay on this machine, as a rehearsal or a job runs them. Each method implements the step
 * of its name and stores its results in the run; a step without a method is skipped.
 */
export interface Site {
  plan(run: Run): Promise<void>
  gate?(run: Run): Promise<void>
  build?(run: Run): Promise<void>
  inspect?(run: Run): Promise<void>
  try?(run: Run): Promise<void>
  assemble?(run: Run): Promise<void>
  /** Installs the release from Test PyPI. */
  install?(run: Run): Promise<void>
  /** Builds the images that install the release from PyPI, and adds them to the artifacts. */
  late?(run: Run): Promise<void>
  /** Fetches the published release back. */
  verify?(run: Run): Promise<void>
  /** Returns the access to the destinations. Called when the artifacts are known, and again when more are. */
  access(run: Run): Promise<Access>
}

/** A release in progress: the results of its steps so far. */
export interface Run {
  ports: Ports
  effort: Effort
  site: Site
  /** Shows the progress of a step. */
  step: Step
  /** Set by the first step. */
  plan: Plan
  artifacts: readonly Artifact[]
  /** A check of the artifacts that is still under way, which the preflight waits for. */
  checking: Promise<void>
  /** Files of the GitHub release; undefined for every artifact except images. */
  assets: readonly Artifact[] | undefined
  /** The channels that the steps under way send to. */
  sending: readonly string[]
  /** The state of the remotes before anything was written; empty before the preflight. */
  surveyed: readonly Surveyed[]
  receipts: Receipt[]
  /** The outcome; null before the report. */
  outcome: Outcome | null
  pipeline: readonly PipelineStep[]
  /** Returns the destinations of the pipeline's steps, in their order, for the artifacts known by now. */
  destinations(): Promise<readonly Destination[]>
}

/** Name of a step, by which actions and tests select it. */
export type StepName = string

/** One step of a release. */
export interface PipelineStep {
  readonly name: StepName
  /** Text shown while it runs. */
  readonly title: string
  /** Steps that must have run before, in this run or an earlier one. */
  readonly needs: readonly StepName[]
  /** Channel that it sends artifacts to. */
  readonly sends?: string
  /** Channels whose pointers it moves. */
  readonly moves?: readonly string[]
  /** How to undo it; a step that publishes depends on its channel. */
  readonly undo: 'nothing to undo' | 'as the channel says' | 'move it back'
  act(run: Run): Promise<void>
}
