import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { error, ProblemError } from '@slipway/core/problem'
import type { Destinations } from '@slipway/release/publish'
import { answers, readDescription, type SandboxDescription } from '@slipway/sandbox/description'
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

/** The sandbox as the destinations of a release. */
export function destinationsOf(
  { cargo, pypi, testpypi, github }: SandboxDescription,
  repository: string,
): Destinations {
  const index = (name: string, at: SandboxDescription['pypi']) => ({ name, username: '__token__', web: null, ...at })
  return {
    crates: { name: 'crates.io', isCratesIo: true, index: cargo.index, token: cargo.token, web: null },
    testpypi: index('Test PyPI', testpypi),
    pypi: index('PyPI', pypi),
    github: { api: github.api, repository, token: github.token },
  }
}
