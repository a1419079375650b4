import type { Effort } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import type { Receipt } from '@slipway/core/publisher'
import type { Destination } from '@slipway/registries/destination'
import { destinationsOf } from '@slipway/registries/remotes'
import type { Step } from '../step.ts'
import { PIPELINE } from './pipeline.ts'
import type { PipelineStep, Run, Site, StepName } from './run.ts'

/** What a run starts from. */
export interface RunOptions {
  ports: Ports
  effort: Omit<Effort, 'onReceipt'>
  site: Site
  step: Step
  /** In place of the one pipeline: in tests of what follows from it. */
  pipeline?: readonly PipelineStep[] | undefined
}

/** A run before its first step. */
export function startRun({ ports, effort, site, step, pipeline = PIPELINE }: RunOptions): Run {
  const receipts: Receipt[] = []
  let destinations: Promise<readonly Destination[]> | null = null
  return {
    ports,
    effort: { ...effort, onReceipt: (receipt) => void receipts.push(receipt) },
    site,
    step,
    plan: null as never,
    artifacts: [],
    assets: undefined,
    surveyed: [],
    receipts,
    outcome: null,
    pipeline,
    destinations() {
      destinations ??= inOrder(this)
      return destinations
    },
  }
}

/** The destinations that the run's pipeline serves, in the order of its steps. */
async function inOrder(run: Run): Promise<readonly Destination[]> {
  const { plan, artifacts, assets } = run
  const access = await run.site.access(run)
  const all = await destinationsOf({ plan, artifacts, assets }, access)
  const concerned = all.filter((each) => !each.isForeign || access.isAsked(each.channel))
  return run.pipeline.flatMap(({ sends }) => concerned.filter((each) => each.channel === sends))
}

/**
 * Does the steps of a run in the order of the pipeline, which nothing else has.
 * @param names the steps to do; all without it
 * @throws ProblemError at the first step that fails; what was earned before is in the run's receipts
 */
export async function advance(run: Run, names?: readonly StepName[]): Promise<void> {
  for (const each of run.pipeline) {
    if (names && !names.includes(each.name)) continue
    await each.act(run)
  }
}
