import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import type { Command, Finished, Ports } from '@slipway/core/ports'

const silent = { info() {}, debug() {}, problem() {} }
const http = async () => {
  throw new Error('no network in this test')
}

/** Ports with this machine's processes. */
export function realPorts(env: Ports['env'] = process.env): Ports {
  return { clock: systemClock, log: silent, http, env, exec: processExec(env) }
}

/** Ports that answer each command with the first result whose key its words contain, and record it in `ran`. */
export function recordedPorts(
  answers: Record<string, Partial<Finished> | 'cannot start'>,
  env: Ports['env'] = {},
): Ports & { ran: Command[] } {
  const ran: Command[] = []
  return {
    clock: systemClock,
    log: silent,
    http,
    env,
    ran,
    async exec(command) {
      ran.push(command)
      const words = command.argv.join(' ')
      const found = Object.entries(answers).find(([pattern]) => words.includes(pattern))?.[1]
      if (found === undefined) throw new Error(`no recorded answer for ${words}`)
      if (found === 'cannot start') throw new Error(`${command.argv[0]} cannot be started`)
      return { code: 0, stdout: '', stderr: '', ...found }
    },
  }
}
