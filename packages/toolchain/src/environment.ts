import type { Ports } from '@slipway/core/ports'

/** Returns ports whose commands have further variables, so that a choice of one step holds for all of its commands. */
export function withVariables(ports: Ports, variables: Readonly<Record<string, string>>): Ports {
  return {
    ...ports,
    env: { ...ports.env, ...variables },
    exec: (command) => ports.exec({ ...command, env: { ...variables, ...command.env } }),
  }
}
