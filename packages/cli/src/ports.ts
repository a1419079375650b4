import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Log, Ports } from '@slipway/core/ports'

/**
 * Returns the real effects, for a command run by hand.
 * @param defaults variables of the commands that it runs, unless this process has them
 */
export function processPorts(log: Log, defaults: Readonly<Record<string, string>> = {}): Ports {
  const exec = processExec({ ...defaults, ...process.env })
  return { clock: systemClock, http: fetchHttp, exec, env: process.env, log }
}
