import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Log, Ports } from '@slipway/core/ports'

/** Returns the real effects of a step: this machine's clock, network and processes. */
export function nodePorts(env: Ports['env'], log: Log): Ports {
  return { clock: systemClock, http: fetchHttp, exec: processExec(env), log, env }
}
