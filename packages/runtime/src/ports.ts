import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Exec, Log, Ports } from '@slipway/core/ports'

/** Runs commands like `processExec`, which loads node's part for child processes, the slowest one, on the first command. */
function lazyExec(env: Ports['env']): Exec {
  return async (command) => (await import('@slipway/core/effects/exec')).processExec(env)(command)
}

/** Returns the real effects of a step: this machine's clock, network and processes. */
export function nodePorts(env: Ports['env'], log: Log): Ports {
  return { clock: systemClock, http: fetchHttp, exec: lazyExec(env), log, env }
}
