import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, notice, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/receipt'
import { endpointsOf } from '@slipway/registries/endpoints'
import { mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { findRust } from '@slipway/toolchain/rust'
import { buildCrates } from '../build/build.ts'
import { manifestArtifacts, wholeRelease } from '../job/artifacts.ts'
import type { JobOptions } from '../job/options.ts'
import { planOfJob } from '../job/plan.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import type { Run } from '../pipeline/run.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { isPublished } from '../plan/published.ts'
import { skippedReceipts } from '../plan/skipped.ts'

/** Options of publishing crates. */
export interface PublishCratesOptions extends JobOptions {
  /** Names of extension crates to publish anyway. */
  crates?: readonly string[]
  /** Name of a registry in cargo's configuration; default: crates.io. */
  registry?: string | undefined
}

/**
 * Publishes the project's crates in dependency order: those of the manifest, else packaged here and verified by cargo
 * without access to the token. Skips versions that the registry already has.
 */
export async function publishCrates(ports: Ports, options: PublishCratesOptions): Promise<Job> {
  const { dir, registry, crates = [], manifest, tokens = {} } = options
  const other = registry === undefined || registry === CRATES_IO ? null : await namedRegistry(ports, dir, registry)
  const target = other && { ...other, token: tokens.crates || other.token }
  if (target?.token) options.mask(target.token)
  if (target && options.trustedPublishing === 'always') throw new ProblemError(notTrusting(target.name))
  const { index } = target ?? endpointsOf(ports.env).crates
  const to = { name: target?.name ?? 'crates.io', index }
  return startJob(ports, options, {
    steps: ['plan', 'build', 'inspect', 'assemble', 'preflight', 'crates'],
    own: ['crates'],
    elsewhere: target ? { cargoRegistry: target } : undefined,
    site: {
      async plan(run) {
        const about = { crates, isPublished: (crate: string) => isPublished(ports, crate, to) }
        run.plan = planFor(registry ?? CRATES_IO, await planOfJob(ports, options, about))
        failOnErrors(run.plan.problems)
      },
      async build(run) {
        const { plan } = run
        const names = cratesIoNames(plan)
        const listed = ((await manifestArtifacts(plan, manifest)) ?? []).filter((each) => each.kind === 'crate')
        const built = names.flatMap((name) => listed.find((each) => each.project === name) ?? [])
        if (built.length === names.length) run.artifacts = built
        else {
          await findRust(ports, dir)
          // A build script could read this process's credentials for requesting ID tokens.
          const verify = !mayRequestIdTokens(ports.env)
          if (!verify) ports.log.problem(notVerified(names))
          const out = await scratchFolder(ports, 'crates')
          run.artifacts = await buildCrates(ports, { dir, plan, out, targetDir: null, verify })
        }
      },
      async inspect({ artifacts, plan }) {
        failOnErrors(await inspectArtifacts(artifacts, plan), ports.log)
      },
      async assemble(run) {
        if (!target) run.artifacts = await wholeRelease(ports, run.plan, options, run.artifacts)
      },
    },
  })
}

/** Returns receipts of the crates that are not published to a registry, each with its reason. */
export function skippedCrates({ plan }: Pick<Run, 'plan'>, registry: string | undefined): Receipt[] {
  return skippedReceipts(plan).map((each) => ({ ...each, target: registry ?? each.target }))
}

function notVerified(crates: readonly string[]) {
  const message = `Slipway packages ${crates.join(', ')} without building: build scripts could publish with this job's identity.`
  const hint = 'Verify the crates in an earlier job with the gate action, or pass on the assembled release.'
  return notice('crates-not-verified', message, hint)
}

function notTrusting(registry: string) {
  const message = `\`trusted-publishing: always\` is set, but ${registry} does not support it: only crates.io does.`
  return error('trusted-publishing-refused', message, 'Remove `trusted-publishing`, and pass a token of that registry.')
}

/** Cargo's name for crates.io in `publish` and `--registry`. */
const CRATES_IO = 'crates-io'

/** Narrows the plan to one registry: skips a crate whose Cargo.toml allows only others, with that reason. */
function planFor(registry: string, plan: Plan): Plan {
  const crates = plan.crates.map((each) => {
    if (!Array.isArray(each.publish)) return each
    if (each.publish.includes(registry)) return { ...each, publish: true }
    return { ...each, publish: false, reason: `Its Cargo.toml allows only ${each.publish.join(', ')}.` }
  })
  return { ...plan, crates }
}

/** Finds a registry like cargo does (cargo reference, "Registries" and "Environment Variables"). */
async function namedRegistry({ env }: Ports, dir: string, name: string) {
  const variable = `CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}`
  const index = env[`${variable}_INDEX`] ?? (await readCargoConfig(env, dir)).registries[name] ?? null
  if (index?.startsWith('sparse+'))
    return { name, isCratesIo: false, index, web: null, token: env[`${variable}_TOKEN`] ?? null }
  throw new ProblemError(
    error(
      'registry-unknown',
      index === null ? `Cargo's configuration has no registry ${name}.` : `The index of ${name} is not sparse.`,
      `Set ${variable}_INDEX to its index (sparse+https://…).`,
    ),
  )
}
