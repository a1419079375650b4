import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { ENDPOINTS } from '@slipway/registries/endpoints'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { buildCrates } from './build.ts'
import { dispatch, jobEffort } from './dispatch.ts'
import { planRelease } from './plan.ts'
import { skippedReceipts } from './publish.ts'

/** What is published where. */
export interface PublishCratesOptions {
  /** The project, absolute. */
  dir: string
  /** Name of another registry of cargo's configuration; without it crates.io. */
  registry?: string | undefined
  /** Token; without it the variable that cargo reads for the registry. */
  token?: string | undefined
}

/**
 * Packages the project's crates, each verified by cargo without the token in reach, and publishes them in the order of
 * their dependencies. What the registry holds already is left as it is.
 * @throws ProblemError
 */
export async function publishCrates(ports: Ports, { dir, registry, token }: PublishCratesOptions): Promise<Receipt[]> {
  const plan = await planRelease(ports, dir)
  failOnErrors(plan.problems)
  const to = await crateRegistry(ports, registry)
  const publisher = new CratesPublisher(ports, { ...to, token: token ?? to.token })
  const out = await mkdtemp(join(ports.env.RUNNER_TEMP ?? tmpdir(), 'slipway-crates-'))
  const artifacts = await buildCrates(ports, { dir, plan, out, targetDir: null, sourceDateEpoch: 0 })
  return [...(await dispatch({ publisher, artifacts }, jobEffort(ports))), ...skippedReceipts(plan)]
}

/** A registry as cargo would find it (cargo reference, "Registries" and "Environment Variables"). */
async function crateRegistry({ env }: Ports, name: string | undefined) {
  if (name === undefined || name === 'crates-io') {
    const { index, web } = ENDPOINTS.crates
    return { name: 'crates.io', index, web, token: env.CARGO_REGISTRY_TOKEN ?? null }
  }
  const variable = `CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}`
  const index = env[`${variable}_INDEX`] ?? (await readCargoConfig(env)).registries[name] ?? null
  if (index?.startsWith('sparse+')) return { name, index, web: null, token: env[`${variable}_TOKEN`] ?? null }
  throw new ProblemError(
    error(
      'registry-unknown',
      index === null ? `Cargo's configuration has no registry ${name}.` : `The index of ${name} is not a sparse one.`,
      `Set ${variable}_INDEX to its index (sparse+https://…).`,
    ),
  )
}
