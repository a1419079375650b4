import type { SandboxDescription } from '@slipway/core/sandbox'
import { columns, terminalOf } from './terminal.ts'

/** Shows where the services are and how to get in: they are local, and their tokens count nowhere else. */
export function showSandbox({ schema, pid, control, ...remotes }: SandboxDescription): void {
  const terminal = terminalOf(process.stdout, process.env)
  const rows = Object.entries(remotes).flatMap(
    ([name, { token = '', password = token, username, ...addresses }]: [string, Record<string, string>]) => {
      const user = username === undefined ? '' : `, as ${username}`
      return Object.entries(addresses).map(([what, address]) => [name, what + user, address, password])
    },
  )
  terminal.write(columns(terminal, [['service', 'for', 'address', 'token'], ...rows]))
}
