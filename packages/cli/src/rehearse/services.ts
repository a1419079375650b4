import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { SANDBOX_VARIABLE, type SandboxDescription } from '@slipway/core/sandbox'
import type { Access } from '@slipway/registries/destination'
import { type Endpoints, endpointsOf } from '@slipway/registries/endpoints'
import { sandboxLogins } from '@slipway/registries/sandbox-logins'
import { answers, descriptionFile, readDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { SERVICES_TIMEOUT_MS } from '../limits.ts'

/** The services used by a rehearsal. */
export interface Services {
  description: SandboxDescription
  /** Stops the services if this process started them. */
  close(): Promise<void>
}

/** Attaches to the running services of a folder, or starts them in this process. */
export async function attachOrStart(dir: string, cargoUpstream: string): Promise<Services> {
  const running = await readDescription(dir)
  if (running && (await answers(running))) return { description: running, close: async () => {} }
  return startSandbox({ dir, cargoUpstream })
}

/**
 * Starts the services of a folder in a separate process that keeps running. Returns their description.
 * @throws ProblemError when they do not answer in time
 */
export async function leaveRunning(dir: string): Promise<SandboxDescription> {
  const entry = process.argv[1] as string
  spawn(process.execPath, [entry, 'sandbox', '--dir', dir], { detached: true, stdio: 'ignore' }).unref()
  for (let waited = 0; waited < SERVICES_TIMEOUT_MS; waited += 100) {
    const description = await readDescription(dir)
    if (description && (await answers(description))) return description
    await setTimeout(100)
  }
  throw new ProblemError(
    error(
      'sandbox-silent',
      `The services of ${dir} did not start.`,
      `Run \`slipway sandbox --dir ${dir}\` to see why.`,
    ),
  )
}

/** Returns the services of a folder as the endpoints of a release. */
export function endpointsIn(dir: string): Endpoints {
  return endpointsOf({ [SANDBOX_VARIABLE]: descriptionFile(dir) })
}

/** Returns the access of a release into a sandbox: it publishes to every channel with the logins of the description. */
export function sandboxAccess(
  ports: Pick<Ports, 'http' | 'clock'>,
  description: SandboxDescription,
  endpoints: Endpoints,
  repository: string,
): Access {
  const always = () => true
  return { ports, endpoints, isOwn: always, isAsked: always, ...sandboxLogins(description), github: { repository } }
}
