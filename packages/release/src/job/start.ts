import { PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import type { Access, GitHubOptions } from '@slipway/registries/destination'
import { endpointsOf, requireLocal } from '@slipway/registries/endpoints'
import type { Login } from '@slipway/registries/oci/authorization'
import { logins } from '@slipway/registries/oci/job-login'
import { CHANNELS } from '@slipway/registries/remotes'
import { advance, startRun } from '../pipeline/advance.ts'
import type { PipelineStep, Run, Site, StepName } from '../pipeline/run.ts'
import type { PlanReleaseOptions } from '../plan/options.ts'
import type { JobOptions } from './options.ts'
import { planOfJob } from './plan.ts'
import { silentStep } from './step.ts'
import { tokensOf } from './tokens.ts'
import { requireIdentity, stepLogins } from './trusted-login.ts'

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
