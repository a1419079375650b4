import type { Effort } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import type { Receipt } from '@slipway/core/receipt'
import type { Destination } from '@slipway/registries/destination'
import { destinationsOf } from '@slipway/registries/remotes'
import type { Step } from '../job/step.ts'
import { PIPELINE } from './pipeline.ts'
import type { PipelineStep, Run, Site, StepName } from './run.ts'

/** Options of a run. */
export interface RunOptions {
  ports: Ports
  effort: Omit<Effort, 'onReceipt'>
  site: Site
  step: Step
  /** Replaces the pipeline, for tests. */
  pipeline?: readonly PipelineStep[] | undefined
}

/** Returns a run before its first step. */
export function startRun({ ports, effort, site, step, pipeline = PIPELINE }: RunOptions): Run {
  const receipts: Receipt[] = []
  let known: { artifacts: Run['artifacts']; destinations: Promise<readonly Destination[]> } | null = null
  return {
    ports,
    effort: { ...effort, onReceipt: (receipt) => void receipts.push(receipt) },
    site,
    step,
    plan: null as never,
    artifacts: [],
    checking: Promise.resolve(),
    assets: undefined,
    sending: [],
    surveyed: [],
    receipts,
    outcome: null,
    pipeline,
    destinations() {
      const { artifacts } = this
      if (known?.artifacts !== artifacts) known = { artifacts, destinations: orderedDestinations(this) }
      return known.destinations
    },
  }
}

/** Returns the destinations of the run's pipeline, in the order of its steps. */
async function orderedDestinations(run: Run): Promise<readonly Destination[]> {
  const { plan, artifacts, assets } = run
  const access = await run.site.access(run)
  const all = await destinationsOf({ plan, artifacts, assets }, access)
  const relevant = all.filter((each) => !each.isForeign || access.isAsked(each.channel))
  return run.pipeline.flatMap(({ sends }) => relevant.filter((each) => each.channel === sends))
}

/**
 * Runs steps in the order of the pipeline.
 * @param names the steps to run; default: all
 * @throws ProblemError of the first step that fails; the run has the receipts so far
 */
export async function advance(run: Run, names?: readonly StepName[]): Promise<void> {
  const steps = run.pipeline.filter((each) => !names || names.includes(each.name))
  run.sending = steps.flatMap((each) => each.sends ?? [])
  for (const each of steps) await each.act(run)
}
