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
import { buildCrates, publishedCrates } from './build.ts'
import { distributionsIn } from './distributions.ts'
import { carriedPlan, type HandoverOptions, receiveRelease } from './handover.ts'
import { advance, startRun } from './pipeline/advance.ts'
import type { PipelineStep, Run, Site, StepName } from './pipeline/run.ts'
import { type PlanReleaseOptions, planRelease, tagOfRun } from './plan.ts'
import { tokensOf } from './readiness/tokens.ts'
import { silentStep } from './step.ts'
import { requireIdentity, stepLogins, type TrustedOptions } from './trusted-login.ts'

/** What every step of a workflow that looks at the whole release is given. */
export interface JobOptions extends HandoverOptions, TrustedOptions {
  /** The project, absolute. */
  dir: string
  /** Tag of the release; without it, the tag that started the workflow, else the one that the version makes. */
  tag?: string | undefined
  /** Tokens by channel. */
  tokens?: Readonly<Record<string, string | undefined>>
  dockerhubUsername?: string | undefined
  dockerhubToken?: string | undefined
  /** Whether the release goes to Test PyPI too, so that it is asked. */
  testPypi?: boolean
}

/** What one kind of step adds to that. */
interface Doing {
  /** Steps of the pipeline that it does. */
  steps: readonly StepName[]
  /** Channels that it publishes to. */
  own: readonly string[]
  /** Its half of the release on this machine. */
  site: Partial<Site>
  /** How it plans. */
  plan?: PlanReleaseOptions
  /** Of the GitHub release. */
  github?: Omit<GitHubOptions, 'repository'>
  /** Where it publishes, when that is none of the release's own destinations: then no other is asked. */
  elsewhere?: Partial<Pick<Access, 'cargoRegistry' | 'index'>> | undefined
  imageTags?: readonly string[] | undefined
  /** What attests files that are uploaded to package indexes. */
  attester?: Access['attester']
  /** Logins of registries of images, where they were looked for already. */
  login?: Login
  pipeline?: readonly PipelineStep[] | undefined
}

/** A step of a workflow, ready to run. What it has earned is in its run, also after a failure. */
export interface Job {
  run: Run
  /** @throws ProblemError */
  go(): Promise<void>
}

/** The folder for what a step makes for itself. */
export function scratchFolder({ env }: Pick<Ports, 'env'>, name: string): Promise<string> {
  return mkdtemp(join(env.RUNNER_TEMP ?? tmpdir(), `slipway-${name}-`))
}

/** The logins of registries of images that a step has. */
export function loginOf(
  ports: Ports,
  options: Pick<JobOptions, 'dockerhubUsername' | 'dockerhubToken' | 'mask' | 'tokens'>,
): Login {
  const { dockerhubUsername, dockerhubToken, mask, tokens = {} } = options
  const githubToken = tokensOf(ports.env, tokens, mask).github ?? undefined
  return logins(ports, { dockerhubUsername, dockerhubToken, githubToken, mask })
}

/** Prepares a step of a workflow: the pipeline's steps of that name, over all destinations of the release. */
export function startJob(ports: Ports, options: JobOptions, doing: Doing): Job {
  const { clock, log } = ports
  const site: Site = {
    async plan(run) {
      run.plan = await planOfJob(ports, options, doing.plan)
      failOnErrors(run.plan.problems)
    },
    ...doing.site,
    access: async (run) => accessOf(ports, run.plan, options, doing),
  }
  const effort = { clock, log, patience: PUBLIC_PATIENCE }
  const run = startRun({ ports, effort, site, step: silentStep, pipeline: doing.pipeline })
  const go = async () => {
    requireIdentity(ports.env, options)
    await advance(run, doing.steps).finally(() => logOut(run))
  }
  return { run, go }
}

/** Gives back the logins that were granted for the step, also where it failed. */
async function logOut(run: Run): Promise<void> {
  // Where it failed before it knew the destinations, there are none.
  const destinations = run.plan === null ? [] : await run.destinations().catch(() => [])
  for (const { name, publisher, isForeign } of destinations) {
    if (isForeign || !publisher.logOut) continue
    await publisher.logOut().catch((cause: Error) => {
      run.ports.log.info(
        `${name}: the token of this step could not be revoked (${cause.message}); it expires by itself`,
      )
    })
  }
}

/**
 * Plans the checkout of a job that builds, whatever earlier jobs have handed over.
 * @param crates extension crates to publish all the same, by name
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

/** A release's number on GitHub as an input gives it; 0, which none has, for what is no number. */
export function releaseNumber(input: string | undefined): number | undefined {
  return input === undefined ? undefined : Number.parseInt(input, 10) || 0
}

/**
 * Plans as a step does: by the tag that it is given, or that started the workflow. The plan that an assembled release
 * brings along is taken as it is.
 */
export async function planOfJob(
  ports: Ports,
  options: Pick<JobOptions, 'dir' | 'tag' | keyof HandoverOptions>,
  more: PlanReleaseOptions = {},
): Promise<Plan> {
  await receiveRelease(ports, options)
  const tag = options.tag ?? tagOfRun(ports.env)
  const carried = await carriedPlan(options.manifest)
  if (carried === null) return planRelease(ports, options.dir, { ...more, tag })
  const commit = ports.env.GITHUB_SHA || (await headOf(ports, options.dir).catch(() => null))
  const isOther = tag !== undefined && givenTag(tag) !== carried.tag
  if (!isOther && (!commit || carried.commit === null || commit === carried.commit)) return carried
  const held = `${carried.tag} at ${carried.commit?.slice(0, 12) ?? 'no commit'}`
  const message = `${options.manifest} is of the release ${held}, but this is ${tag ?? carried.tag} at ${commit?.slice(0, 12) ?? 'no commit'}.`
  const hint = 'Assemble the release of this tag in this run, and hand over its manifest.'
  throw new ProblemError(error('manifest-of-other-release', message, hint))
}

/** How a step reaches the destinations. */
function accessOf(ports: Ports, plan: Plan, options: JobOptions, doing: Doing): Access {
  const { env } = ports
  const { mask, testPypi = false } = options
  const { tokens, identity } = stepLogins(ports, options, tokensOf(env, options.tokens ?? {}, mask))
  const trials = CHANNELS.filter((each) => each.isTrial).map((each) => each.name)
  requireLocal(env, [doing.elsewhere?.cargoRegistry?.index, doing.elsewhere?.index?.upload])
  const isAlone = doing.elsewhere !== undefined || plan.version === ''
  return {
    ports,
    endpoints: endpointsOf(env),
    isOwn: (channel) => doing.own.includes(channel),
    isAsked: (channel) => !isAlone && (testPypi || !trials.includes(channel)),
    tokens,
    identity,
    login: doing.login ?? loginOf(ports, options),
    github: env.GITHUB_REPOSITORY ? { ...doing.github, repository: env.GITHUB_REPOSITORY } : null,
    imageTags: doing.imageTags,
    attester: doing.attester,
    ...doing.elsewhere,
  }
}

/**
 * The artifacts of the manifest that a step is given; null when there is none.
 * @throws ProblemError when it is of another release, or a file is not as it says
 */
export async function manifestArtifacts(plan: Plan, file: string): Promise<Artifact[] | null> {
  const folder = dirname(file)
  const manifest = await readManifest(folder)
  if (!manifest) return null
  requireRelease(manifest, plan, folder)
  return manifest.artifacts
}

/**
 * What is known of the rest of the release beside a step's own artifacts: the manifest's, else the distributions in its
 * folder that belong to the plan; and the crates, which are packaged (not built) to know their hashes.
 * Why something is not known, the log is told.
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
  const names = publishedCrates(plan).filter(
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
    ports.log.info(`Not compared with crates.io: ${names.join(', ')}; they cannot be packaged here (${why})`)
    return known
  }
}

/** The distributions in a folder that are the plan's packages in their version. */
async function plannedDistributions(plan: Plan, folder: string): Promise<Artifact[]> {
  const packages = publishedPackages(plan)
  const found = await distributionsIn(folder).catch((cause: unknown) => {
    // Who publishes them is told what is wrong with them.
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
 * The repository of the running workflow (GitHub, default environment variables).
 * @throws ProblemError `no-repository` outside a workflow
 */
export function requireRepository(env: Ports['env']): void {
  if (env.GITHUB_REPOSITORY) return
  throw new ProblemError(
    error('no-repository', 'GITHUB_REPOSITORY is not set, so there is nowhere to release to.', 'Set it to owner/name.'),
  )
}
