import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Log, Ports } from '@slipway/core/ports'

/** Returns the real effects, for a command run by hand. */
export function processPorts(log: Log): Ports {
  return { clock: systemClock, http: fetchHttp, exec: processExec(process.env), env: process.env, log }
}
