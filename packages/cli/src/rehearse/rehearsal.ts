import { join } from 'node:path'
import type { Effort } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { error, errorsOf, ProblemError } from '@slipway/core/problem'
import { type Step, silentStep } from '@slipway/release/job/step'
import { advance, startRun } from '@slipway/release/pipeline/advance'
import { PIPELINE } from '@slipway/release/pipeline/pipeline'
import type { PipelineStep, Run, StepName } from '@slipway/release/pipeline/run'
import { controlClient } from '@slipway/sandbox/control'
import { cargoUpstream } from './cargo-overlay.ts'
import type { WantedEngine } from './images.ts'
import { withPrebuilt } from './prebuilt.ts'
import { publishedIn } from './published-crates.ts'
import { newReport, type Report, rehearsedRepository } from './report.ts'
import { type RehearsedSite, rehearsalSite } from './site.ts'
import { copySource } from './source-copy.ts'

/** The project to rehearse and the folders to use; all paths are absolute. */
export interface RehearsalOptions {
  project: string
  /** Folder of the services' state and of built artifacts. */
  state: string
  /** Rehearse the working tree instead of the last commit. */
  dirty: boolean
  /** The engine that builds and runs images. */
  engine: WantedEngine
  step: Step
  /** Replaces the standard pipeline in tests. */
  pipeline?: readonly PipelineStep[]
}

/** Local services answer at once. */
const PATIENCE = { deadline: 120_000, pause: 200, tries: 6 }

/**
 * Releases a project into local services, installs everything back, and releases it again, which must send nothing.
 * Returns the report without `seconds`; failures are among its problems.
 * @throws ProblemError when there is nothing to report on: the folder or git is missing
 */
export async function rehearse(ports: Ports, options: RehearsalOptions): Promise<Report> {
  const { project, state, step, dirty, engine, pipeline = PIPELINE } = options
  const upstream = await cargoUpstream(ports.env, project)
  const isPublished = publishedIn(ports, upstream)
  const { copy, notRehearsed } = await step('plan', async () =>
    withPrebuilt(await copySource(ports, project, { root: join(state, 'work'), dirty, isPublished })),
  )
  const { plan } = copy
  const report = newReport(plan, copy.notices)
  report.notRehearsed.unshift(...notRehearsed)
  if (errorsOf(plan.problems).length > 0) return report
  const repository = rehearsedRepository(project)
  const site = rehearsalSite({ ports, copy, state, upstream, engine, repository, report })
  const { clock, log } = ports
  const effort: Effort = { clock, log, patience: PATIENCE }
  const run = startRun({ ports, effort, site, step, pipeline })
  try {
    await releaseTwice(run, site, report, repository)
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    report.problems.push(...cause.problems)
  } finally {
    await site.close()
  }
  return report
}

/** Splits the steps of a pipeline: local ones, those that ask or write to remotes, and the final checks. */
function partsOf(pipeline: readonly PipelineStep[]): [StepName[], StepName[], StepName[]] {
  const isRemote = ({ name, sends, moves }: PipelineStep) =>
    name === 'preflight' || name === 'install' || !!(sends ?? moves)
  const names = pipeline.map((each) => each.name)
  const first = pipeline.findIndex(isRemote)
  const last = pipeline.findLastIndex(isRemote)
  return [names.slice(0, first), names.slice(first, last + 1), names.slice(last + 1)]
}

/** Releases, installs everything back, and releases again. Adds each result to the report as it arrives. */
async function releaseTwice(run: Run, site: RehearsedSite, report: Report, repository: string): Promise<void> {
  const { ports, pipeline } = run
  const [here, remote, end] = partsOf(pipeline)
  await advance(run, here)
  await run.destinations()
  const { description } = await site.services()
  const control = controlClient(description.control.url)
  await run.step('push the tag', () => pushTag(ports, description.github, repository, run.plan))
  const pass = async (one: Run) => {
    const before = await control.counters()
    const start = ports.clock.now()
    try {
      await advance(one, remote)
    } finally {
      const after = await control.counters()
      const bytesSent = after.uploadBytes - before.uploadBytes
      const seconds = (ports.clock.now() - start) / 1000
      report.passes.push({ bytesSent, requests: after.requests - before.requests, seconds })
    }
  }
  try {
    await pass(run)
    await advance(
      run,
      end.filter((each) => each !== 'report'),
    )
  } finally {
    report.receipts.push(...run.receipts)
    // The state of each destination is reported after a failure too.
    await advance(
      run,
      end.filter((each) => each === 'report'),
    )
    report.destinations = run.outcome?.destinations ?? []
  }
  const { install: _, late: __, ...again } = site
  const second = startRun({ ports, effort: run.effort, site: again, step: silentStep, pipeline })
  Object.assign(second, { plan: run.plan, artifacts: run.artifacts, assets: run.assets })
  await run.step('release the same version again', () => pass(second))
  const sent = second.receipts.filter((each) => each.status !== 'already there').map((each) => each.artifact)
  const bytesSent = report.passes.at(-1)?.bytesSent ?? 0
  if (bytesSent === 0 && sent.length === 0) return
  throw new ProblemError(
    error(
      'second-pass-sent',
      `Releasing the same version again sent ${bytesSent} bytes (${sent.join(', ')}); it must send nothing.`,
      'This is a bug in Slipway. Please report it with the file that --json writes.',
    ),
  )
}

/** Pushes the tag as a maintainer does before a release starts. */
async function pushTag(
  { http }: Ports,
  { api, token }: { api: string; token: string },
  repository: string,
  { tag, commit }: { tag: string; commit: string | null },
): Promise<void> {
  const { status } = await http({
    method: 'POST',
    url: `${api}/repos/${repository}/git/refs`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify({ ref: `refs/tags/${tag}`, sha: commit })),
  })
  // 422: the tag exists since an earlier run.
  if (status !== 201 && status !== 422) throw new Error(`The sandbox's GitHub refused the tag (HTTP ${status}).`)
}
