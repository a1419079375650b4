import type { SandboxDescription } from '@slipway/core/sandbox'
import { columns, terminalOf } from './terminal.ts'

/** Shows the addresses and tokens of the services. They are local, and the tokens are worthless elsewhere. */
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
