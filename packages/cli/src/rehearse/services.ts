import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { SANDBOX_VARIABLE, type SandboxDescription } from '@slipway/core/sandbox'
import type { Access } from '@slipway/registries/destination'
import { type Endpoints, endpointsOf, sandboxLogins } from '@slipway/registries/endpoints'
import { answers, descriptionFile, readDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'

/** The services that a rehearsal talks to. */
export interface Services {
  description: SandboxDescription
  /** Ends them if they were started here. */
  close(): Promise<void>
}

/** Attaches to the services of a folder if they answer, else starts them in this process. */
export async function attachOrStart(dir: string, cargoUpstream: string): Promise<Services> {
  const running = await readDescription(dir)
  if (running && (await answers(running))) return { description: running, close: async () => {} }
  return startSandbox({ dir, cargoUpstream })
}

/**
 * Starts the services of a folder in a process of their own that stays. Gives their description.
 * @throws ProblemError when they do not answer in time
 */
export async function leaveRunning(dir: string): Promise<SandboxDescription> {
  const entry = process.argv[1] as string
  spawn(process.execPath, [entry, 'sandbox', '--dir', dir], { detached: true, stdio: 'ignore' }).unref()
  for (let waited = 0; waited < 10_000; waited += 100) {
    const description = await readDescription(dir)
    if (description && (await answers(description))) return description
    await setTimeout(100)
  }
  throw new ProblemError(
    error('sandbox-silent', `The services of ${dir} did not start.`, `Run: slipway sandbox --dir ${dir}`),
  )
}

/** The services of a folder as the endpoints of a release. */
export function endpointsIn(dir: string): Endpoints {
  return endpointsOf({ [SANDBOX_VARIABLE]: descriptionFile(dir) })
}

/** A release into a sandbox: every channel is published to, with the logins of the description. */
export function sandboxAccess(
  ports: Pick<Ports, 'http' | 'clock'>,
  description: SandboxDescription,
  endpoints: Endpoints,
  repository: string,
): Access {
  const everyone = () => true
  return { ports, endpoints, isOwn: everyone, isAsked: everyone, ...sandboxLogins(description), github: { repository } }
}
