import { dirname, join, resolve } from 'node:path'
import { type JobCache, restoreCache } from '@slipway/release/toolchains/cache/cache'
import { type CacheDecision, decideCache } from '@slipway/release/toolchains/cache/decide'
import { parseToolchainRequest } from '@slipway/release/toolchains/request'
import { setUpToolchains } from '@slipway/release/toolchains/set-up'
import { workflowCache } from '@slipway/runtime/cache-store'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportTools } from '@slipway/runtime/toolchain-report'
import type { spec } from './inputs.ts'

/** The files of problem matchers, beside action.yml. */
const MATCHERS = ['rust', 'maturin', 'python']

/** Finds or installs the tools, and restores the cache. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { path, tag, package: packages, cacheKey: own = '', sccache, cache: input } = inputs
  const { ports, workflow } = context
  context.report.project = path
  const request = parseToolchainRequest(inputs)
  const dir = resolve(path)
  const decision = await decideCache(input, ports.env, { sccache })
  if (decision.problem) ports.log.problem(decision.problem)
  const isUsed = decision.restores || decision.saves
  if (sccache && !isUsed) ports.log.info(`sccache: off (${decision.why})`)
  const setUp = await setUpToolchains(ports, dir, { tag, packages, request, sccache: sccache && isUsed })
  for (const [name, value] of Object.entries(setUp.variables)) workflow.exportVariable(name, value)
  const cache = await restoreCache(setUp.rust.ports, workflowCache(ports), { dir, setUp, decision, input, own })
  if (cache?.toSave) workflow.saveState('cache', JSON.stringify(cache.toSave))
  for (const [name, value] of Object.entries(setUp.outputs)) workflow.output(name, value)
  workflow.output(
    'cache-hit',
    cache === null ? '' : cache.results.length > 0 && cache.results.every((each) => each.state === 'hit'),
  )
  reportTools(context, setUp.tools, outcomeOf(cache, decision))
  for (const [name, value] of Object.entries(setUp.outputs)) ports.log.info(`${name}: ${value}`)
  // The bundle is in dist, beside actions.
  const matchers = join(dirname(process.argv[1] ?? ''), '../actions/setup-toolchains/matchers')
  if (inputs.matcher) for (const each of MATCHERS) workflow.addMatchers(join(matchers, `${each}.json`))
}

/** Says in a line what the cache gave and will get. */
function outcomeOf(cache: JobCache | null, { restores, saves, why }: CacheDecision): string {
  if (!restores && !saves) return `off (${why})`
  if (cache === null) return 'off (this runner has no cache service)'
  const words = { hit: 'restored', partial: 'restored for other dependencies', miss: 'not there yet', failed: 'failed' }
  const states = cache.results.map(({ part, state }) => `${part.name} ${words[state]}`)
  const later = cache.toSave ? 'saved after the job if it succeeds' : 'nothing to save'
  return `${[...states, saves ? later : 'read only'].join('; ')} (${why})`
}
