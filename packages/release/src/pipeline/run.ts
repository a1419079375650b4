import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Surveyed } from '@slipway/core/preflight'
import type { Receipt } from '@slipway/core/publisher'
import type { Access, Destination } from '@slipway/registries/destination'
import type { Step } from '../step.ts'
import type { Outcome } from './outcome.ts'

/**
 * The half of a release that stays on this machine, as a rehearsal or a job does it. Each method does what the step of
 * its name is for, and leaves what it made in the run; a step without a method is not done there.
 */
export interface Site {
  plan(run: Run): Promise<void>
  gate?(run: Run): Promise<void>
  build?(run: Run): Promise<void>
  inspect?(run: Run): Promise<void>
  try?(run: Run): Promise<void>
  assemble?(run: Run): Promise<void>
  /** Installs from Test PyPI what it now holds. */
  install?(run: Run): Promise<void>
  /** Fetches back what is public. */
  verify?(run: Run): Promise<void>
  /** What is needed to reach the destinations. Asked once, when the artifacts are known. */
  access(run: Run): Promise<Access>
}

/** A release under way: what its steps have made so far. */
export interface Run {
  ports: Ports
  effort: Effort
  site: Site
  /** Shows a step to people. */
  step: Step
  /** Set by the first step. */
  plan: Plan
  artifacts: readonly Artifact[]
  /** Files of the GitHub release; undefined for all artifacts that are no images. */
  assets: readonly Artifact[] | undefined
  /** What the remotes held before anything was written; empty before the preflight. */
  surveyed: readonly Surveyed[]
  receipts: Receipt[]
  /** How it stands at the end; null before the report. */
  outcome: Outcome | null
  pipeline: readonly PipelineStep[]
  /** The destinations of the pipeline's steps, in their order. */
  destinations(): Promise<readonly Destination[]>
}

/** Names of the steps, as actions and tests choose them. */
export type StepName = string

/** One step of a release. */
export interface PipelineStep {
  readonly name: StepName
  /** What people see while it runs. */
  readonly title: string
  /** Steps that must have been done before, by this run or by an earlier one. */
  readonly needs: readonly StepName[]
  /** Channel that it sends artifacts to. */
  readonly sends?: string
  /** Channel whose pointers it moves. */
  readonly moves?: string
  /** Whether what it does can be taken back: always where it only reads or builds; else as its channel says. */
  readonly undo: 'nothing to undo' | 'as the channel says' | 'move it back'
  act(run: Run): Promise<void>
}
