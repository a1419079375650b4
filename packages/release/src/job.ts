import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readManifest, requireRelease } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import { PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, ProblemError } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { sameVersion } from '@slipway/core/version'
import type { Access, GitHubOptions } from '@slipway/registries/destination'
import { endpointsOf, requireLocal } from '@slipway/registries/endpoints'
import { type Login, logins } from '@slipway/registries/oci/job-login'
import { CHANNELS } from '@slipway/registries/remotes'
import { headOf } from '@slipway/toolchain/git'
import { buildCrates, cratesIoNames } from './build.ts'
import { distributionsIn } from './distributions.ts'
import { assembledPlan, type HandoverOptions, receiveRelease } from './handover.ts'
import { advance, startRun } from './pipeline/advance.ts'
import type { PipelineStep, Run, Site, StepName } from './pipeline/run.ts'
import { type PlanReleaseOptions, planRelease, tagOfRun } from './plan.ts'
import { tokensOf } from './readiness/tokens.ts'
import { silentStep } from './step.ts'
import { requireIdentity, stepLogins, type TrustedOptions } from './trusted-login.ts'

/** Options of every workflow step that deals with a whole release. */
export interface JobOptions extends HandoverOptions, TrustedOptions {
  /** The project, absolute. */
  dir: string
  /** Tag of the release; default: the tag that started the workflow, else the version's tag. */
  tag?: string | undefined
  /** Tokens by channel. */
  tokens?: Readonly<Record<string, string | undefined>>
  dockerhubUsername?: string | undefined
  dockerhubToken?: string | undefined
  /** Whether the release includes Test PyPI, so that it is queried. */
  testPypi?: boolean
}

/** The definition of one kind of workflow step. */
interface JobDefinition {
  /** Pipeline steps to run. */
  steps: readonly StepName[]
  /** Channels to publish to. */
  own: readonly string[]
  /** The local pipeline steps. */
  site: Partial<Site>
  /** Options of planning. */
  plan?: PlanReleaseOptions
  /** Options of the GitHub release. */
  github?: Omit<GitHubOptions, 'repository'>
  /** Another registry to publish to, outside the release's destinations, which are then not queried. */
  elsewhere?: Partial<Pick<Access, 'cargoRegistry' | 'index'>> | undefined
  imageTags?: readonly string[] | undefined
  /** Attests files that are uploaded to package indexes. */
  attester?: Access['attester']
  /** Lookup of image registry logins, if it exists already. */
  login?: Login
  pipeline?: readonly PipelineStep[] | undefined
}

/** A workflow step, ready to run. Its run has the receipts, also after a failure. */
export interface Job {
  run: Run
  /** @throws ProblemError */
  go(): Promise<void>
}

/** Creates a temporary folder for a step. */
export function scratchFolder({ env }: Pick<Ports, 'env'>, name: string): Promise<string> {
  return mkdtemp(join(env.RUNNER_TEMP ?? tmpdir(), `slipway-${name}-`))
}

/** Returns the lookup of image registry logins for a step. */
export function loginOf(
  ports: Ports,
  options: Pick<JobOptions, 'dockerhubUsername' | 'dockerhubToken' | 'mask' | 'tokens'>,
): Login {
  const { dockerhubUsername, dockerhubToken, mask, tokens = {} } = options
  const githubToken = tokensOf(ports.env, tokens, mask).github ?? undefined
  return logins(ports, { dockerhubUsername, dockerhubToken, githubToken, mask })
}

/** Prepares a workflow step: some steps of the pipeline, with all destinations of the release. */
export function startJob(ports: Ports, options: JobOptions, definition: JobDefinition): Job {
  const { clock, log } = ports
  const site: Site = {
    async plan(run) {
      run.plan = await planOfJob(ports, options, definition.plan)
      failOnErrors(run.plan.problems)
    },
    ...definition.site,
    access: async (run) => accessOf(ports, run.plan, options, definition),
  }
  const effort = { clock, log, patience: PUBLIC_PATIENCE }
  const run = startRun({ ports, effort, site, step: silentStep, pipeline: definition.pipeline })
  const go = async () => {
    requireIdentity(ports.env, options)
    await advance(run, definition.steps).finally(() => logOut(run))
  }
  return { run, go }
}

/** Revokes the tokens that were granted for the step, even if it failed. */
async function logOut(run: Run): Promise<void> {
  // A step that failed early has no destinations.
  const destinations = run.plan === null ? [] : await run.destinations().catch(() => [])
  for (const { name, publisher, isForeign } of destinations) {
    if (isForeign || !publisher.logOut) continue
    await publisher.logOut().catch((cause: Error) => {
      run.ports.log.info(`${name}: could not revoke the token of this step (${cause.message}); it will expire`)
    })
  }
}

/**
 * Plans the checkout of a job that builds, ignoring the uploads of earlier jobs.
 * @param crates names of extension crates to publish anyway
 * @throws ProblemError with the errors of the plan
 */
export async function planOfCheckout(
  ports: Ports,
  { dir, tag }: Pick<JobOptions, 'dir' | 'tag'>,
  crates: readonly string[] = [],
): Promise<Plan> {
  const plan = await planRelease(ports, dir, { tag: tag ?? tagOfRun(ports.env), crates })
  failOnErrors(plan.problems)
  return plan
}

/** Parses the id of a GitHub release from an input; 0, which no release has, for anything else. */
export function parseReleaseId(input: string | undefined): number | undefined {
  return input === undefined ? undefined : Number.parseInt(input, 10) || 0
}

/**
 * Returns the plan of a step: the assembled release's if there is one, else a new one for the given tag or the tag that
 * started the workflow.
 */
export async function planOfJob(
  ports: Ports,
  options: Pick<JobOptions, 'dir' | 'tag' | keyof HandoverOptions>,
  more: PlanReleaseOptions = {},
): Promise<Plan> {
  await receiveRelease(ports, options)
  const tag = options.tag ?? tagOfRun(ports.env)
  const plan = await assembledPlan(options.manifest)
  if (plan === null) return planRelease(ports, options.dir, { ...more, tag })
  const commit = ports.env.GITHUB_SHA || (await headOf(ports, options.dir).catch(() => null))
  const isOther = tag !== undefined && givenTag(tag) !== plan.tag
  if (!isOther && (!commit || plan.commit === null || commit === plan.commit)) return plan
  const assembled = `${plan.tag} at ${plan.commit?.slice(0, 12) ?? 'no commit'}`
  const message = `${options.manifest} belongs to ${assembled}, but this job releases ${tag ?? plan.tag} at ${commit?.slice(0, 12) ?? 'no commit'}.`
  const hint = 'Assemble the release of this tag in this run, and pass on its manifest.'
  throw new ProblemError(error('manifest-of-other-release', message, hint))
}

/** Returns a step's access to the destinations. */
function accessOf(ports: Ports, plan: Plan, options: JobOptions, definition: JobDefinition): Access {
  const { env } = ports
  const { mask, testPypi = false } = options
  const { tokens, identity } = stepLogins(ports, options, tokensOf(env, options.tokens ?? {}, mask))
  const trials = CHANNELS.filter((each) => each.isTrial).map((each) => each.name)
  requireLocal(env, [definition.elsewhere?.cargoRegistry?.index, definition.elsewhere?.index?.upload])
  const isAlone = definition.elsewhere !== undefined || plan.version === ''
  return {
    ports,
    endpoints: endpointsOf(env),
    isOwn: (channel) => definition.own.includes(channel),
    isAsked: (channel) => !isAlone && (testPypi || !trials.includes(channel)),
    tokens,
    identity,
    login: definition.login ?? loginOf(ports, options),
    github: env.GITHUB_REPOSITORY ? { ...definition.github, repository: env.GITHUB_REPOSITORY } : null,
    imageTags: definition.imageTags,
    attester: definition.attester,
    ...definition.elsewhere,
  }
}

/**
 * Reads the artifacts in a manifest; null if it does not exist.
 * @throws ProblemError when it belongs to another release, or a file differs from it
 */
export async function manifestArtifacts(plan: Plan, file: string): Promise<Artifact[] | null> {
  const folder = dirname(file)
  const manifest = await readManifest(folder)
  if (!manifest) return null
  requireRelease(manifest, plan, folder)
  return manifest.artifacts
}

/**
 * Completes a step's own artifacts to the whole release, as far as known: those of the manifest, else the plan's
 * distributions in its folder, and the crates, which are packaged (not built) for their hashes. Logs why crates are
 * missing.
 */
export async function wholeRelease(
  ports: Ports,
  plan: Plan,
  { dir, manifest }: Pick<JobOptions, 'dir' | 'manifest'>,
  own: readonly Artifact[],
): Promise<Artifact[]> {
  const listed = (await manifestArtifacts(plan, manifest)) ?? (await plannedDistributions(plan, dirname(manifest)))
  const others = listed.filter((each) => !own.some((one) => one.filename === each.filename))
  const known = [...own, ...others]
  const names = cratesIoNames(plan).filter(
    (name) => !known.some((each) => each.kind === 'crate' && each.project === name),
  )
  if (names.length === 0) return known
  const out = await scratchFolder(ports, 'crates')
  try {
    const crates = await buildCrates(ports, { dir, plan, out, targetDir: join(out, 'target'), verify: false })
    return [...known, ...crates.filter((each) => names.includes(each.project))]
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    const why = cause.problems[0]?.message.split('\n', 1)[0] ?? ''
    ports.log.info(`Not compared with crates.io: ${names.join(', ')}, because packaging failed (${why})`)
    return known
  }
}

/** Returns the distributions in a folder that match a package and version of the plan. */
async function plannedDistributions(plan: Plan, folder: string): Promise<Artifact[]> {
  const packages = publishedPackages(plan)
  const found = await distributionsIn(folder).catch((cause: unknown) => {
    // The publishing job reports the problem.
    if (cause instanceof ProblemError) return []
    throw cause
  })
  return found.filter(({ project, version }) => {
    return packages.some(
      (each) => normalizeName(each.name) === normalizeName(project) && sameVersion(each.version, version),
    )
  })
}

/**
 * Checks that the workflow's repository is known (GitHub, default environment variables).
 * @throws ProblemError `no-repository` outside a workflow
 */
export function requireRepository(env: Ports['env']): void {
  if (env.GITHUB_REPOSITORY) return
  throw new ProblemError(
    error(
      'no-repository',
      'GITHUB_REPOSITORY is not set, so the target repository is unknown.',
      'Set it to owner/name.',
    ),
  )
}
