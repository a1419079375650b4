import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ask, guarded } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { ENDPOINTS } from '@slipway/registries/endpoints'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { findRust } from '@slipway/toolchain/rust'
import { buildCrates } from './build.ts'
import { dispatch, jobEffort } from './dispatch.ts'
import { planRelease } from './plan.ts'
import { skippedReceipts } from './skipped.ts'

/** What is published where. */
export interface PublishCratesOptions {
  /** The project, absolute. */
  dir: string
  /** Extension crates to publish all the same, by name. */
  crates?: readonly string[]
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
export async function publishCrates(ports: Ports, options: PublishCratesOptions): Promise<Receipt[]> {
  const { dir, registry, token, crates = [] } = options
  const to = await crateRegistry(ports, dir, registry)
  const planned = await planRelease(ports, dir, { crates, isPublished: (crate) => isPublished(ports, to, crate) })
  const plan = planFor(registry ?? CRATES_IO, planned)
  failOnErrors(plan.problems)
  await findRust(ports, dir)
  const publisher = new CratesPublisher(ports, { ...to, token: token ?? to.token })
  const out = await mkdtemp(join(ports.env.RUNNER_TEMP ?? tmpdir(), 'slipway-crates-'))
  const artifacts = await buildCrates(ports, { dir, plan, out, targetDir: null, sourceDateEpoch: 0 })
  const skipped = skippedReceipts(plan).map((each) => ({ ...each, target: publisher.target }))
  return [...(await dispatch({ publisher, artifacts }, jobEffort(ports))), ...skipped]
}

/**
 * Whether a registry has a crate of this name. One that cannot be asked stops the release: it would be incomplete
 * without a word.
 * @throws ProblemError
 */
function isPublished(ports: Ports, to: { name: string; index: string }, crate: string): Promise<boolean> {
  const client = new CratesClient(ports, { index: to.index, token: null })
  const remote = { name: 'crates', target: to.name }
  return guarded(remote, `ask for ${crate}`, () => ask(() => client.exists(crate), jobEffort(ports)))
}

/** What cargo calls crates.io in `publish` and `--registry`. */
const CRATES_IO = 'crates-io'

/** The plan narrowed to one registry: a crate whose Cargo.toml names others only is kept back, with that reason. */
function planFor(registry: string, plan: Plan): Plan {
  const crates = plan.crates.map((each) => {
    if (!Array.isArray(each.publish)) return each
    if (each.publish.includes(registry)) return { ...each, publish: true }
    return { ...each, publish: false, reason: `Its Cargo.toml lets it go to ${each.publish.join(', ')} only.` }
  })
  return { ...plan, crates }
}

/** A registry as cargo would find it (cargo reference, "Registries" and "Environment Variables"). */
async function crateRegistry({ env }: Ports, dir: string, name: string | undefined) {
  if (name === undefined || name === CRATES_IO) {
    const { index, web } = ENDPOINTS.crates
    return { name: 'crates.io', isCratesIo: true, index, web, token: env.CARGO_REGISTRY_TOKEN ?? null }
  }
  const variable = `CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}`
  const index = env[`${variable}_INDEX`] ?? (await configuredIndex(env, dir, name))
  if (index?.startsWith('sparse+'))
    return { name, isCratesIo: false, index, web: null, token: env[`${variable}_TOKEN`] ?? null }
  throw new ProblemError(
    error(
      'registry-unknown',
      index === null ? `Cargo's configuration has no registry ${name}.` : `The index of ${name} is not a sparse one.`,
      `Set ${variable}_INDEX to its index (sparse+https://…).`,
    ),
  )
}

/** A registry's index in the configuration of a folder, of those above it, or the user's (same, "Hierarchical structure"). */
async function configuredIndex(env: Ports['env'], dir: string, name: string): Promise<string | null> {
  const above = dirname(dir)
  const here = await readCargoConfig({ CARGO_HOME: join(dir, '.cargo') })
  const further = async () =>
    above === dir ? (await readCargoConfig(env)).registries[name] : configuredIndex(env, above, name)
  return here.registries[name] ?? (await further()) ?? null
}
