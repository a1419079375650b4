import { basename, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, errorsOf, ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { skippedReceipts } from '@slipway/release/skipped'
import { type Step, silentStep } from '@slipway/release/step'
import { tryPackages } from '@slipway/release/verify/wheel'
import type { Engine } from '@slipway/toolchain/engine/engine'
import { artifactsOf } from './artifacts.ts'
import { cargoUpstream } from './cargo-overlay.ts'
import { passGate } from './gate.ts'
import { imageRehearsal, imagesOf, pullBack, type WantedEngine } from './images.ts'
import { installBack } from './install-back.ts'
import { publishingPass, type Stage } from './pass.ts'
import { notRehearsed, REPORT_SCHEMA, type Report } from './report.ts'
import { inScratch } from './scratch.ts'
import { attachOrStart, type Services } from './services.ts'
import { copySource } from './source-copy.ts'

/** What is rehearsed, and where. Folders are absolute. */
export interface RehearsalOptions {
  project: string
  /** Where services keep their state and what was built is kept. */
  state: string
  /** Take the working tree, not the last commit. */
  dirty: boolean
  /** What builds and runs images. */
  engine: WantedEngine
  step: Step
}

/**
 * Releases a project into local services, installs everything back, and releases it again, which must send nothing.
 * Gives the report, its `seconds` still to be filled in; what failed is among its problems.
 * @throws ProblemError when there is nothing to report on: no such folder, no git
 */
export async function rehearse(ports: Ports, options: RehearsalOptions): Promise<Report> {
  const { project, state, step, dirty } = options
  const upstream = await cargoUpstream(ports.env)
  const client = new CratesClient(ports, { index: upstream, token: null })
  // Without a network, an extension crate counts as new: a rehearsal publishes nothing for good.
  const isPublished = (crate: string) => client.exists(crate).catch(ifUnanswered(false))
  const copy = await step('plan', () => copySource(ports, project, { root: join(state, 'work'), dirty, isPublished }))
  const { plan } = copy
  const report: Report = {
    schema: REPORT_SCHEMA,
    version: plan.version,
    plan,
    problems: [...plan.problems, ...copy.notices],
    receipts: skippedReceipts(plan),
    passes: [],
    installed: [],
    notRehearsed: notRehearsed(plan, `${process.platform} ${process.arch}`),
    seconds: { total: 0, tools: 0, slipway: 0 },
  }
  if (errorsOf(plan.problems).length > 0) return report
  let services: Services | null = null
  try {
    await passGate(ports, copy, step)
    const files = await artifactsOf(ports, copy, step)
    const rehearsed = await step('look for a container engine', () => imageRehearsal(ports, plan, options.engine))
    if ('reason' in rehearsed) report.notRehearsed.unshift({ what: 'images', reason: rehearsed.reason })
    const engine = 'engine' in rehearsed ? rehearsed.engine : null
    const artifacts = [...files, ...(engine ? await imagesOf(engine, copy, files, step) : [])]
    services = await step('start local services', () => attachOrStart(state, upstream))
    const repository = `rehearsal/${basename(project).replace(/[^\w.-]/g, '-')}`
    const stage = { ports, copy, artifacts, description: services.description, repository }
    await releaseTwice(stage, engine, step, report)
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    report.problems.push(...cause.problems)
  } finally {
    await services?.close()
  }
  return report
}

function ifUnanswered<T>(value: T): (cause: unknown) => T {
  return (cause) => {
    if (cause instanceof RemoteError) return value
    throw cause
  }
}

/** The release, everything installed back, and the release again. What is found goes into the report as it is found. */
async function releaseTwice(stage: Stage, engine: Engine | null, step: Step, report: Report): Promise<void> {
  const { ports, copy, description, repository, artifacts } = stage
  const { plan, work } = copy
  const pass = async (shown: Step, trial: () => Promise<void>) => {
    const { counted, receipts, failure } = await publishingPass(stage, shown, trial)
    report.passes.push(counted)
    return { counted, receipts, failure }
  }
  await step('push the tag', () => pushTag(ports, description.github, repository, plan))
  const first = await pass(step, () =>
    inScratch(work, async (folder) => {
      await tryPackages(ports, plan, { folder, source: { index: description.testpypi.simple }, every: false })
    }),
  )
  report.receipts.push(...first.receipts)
  if (first.failure) throw first.failure
  await inScratch(work, (folder) => {
    return installBack(ports, { plan, description, repository, folder, step, installed: report.installed }, copy.dir)
  })
  const images = artifacts.filter((each) => each.kind === 'image')
  if (engine && images.length > 0) {
    await step('pull the images by their digest and run them', async () => {
      report.installed.push(...(await pullBack(engine, { plan, description, images })))
    })
  }
  const second = await step('release it again', () => pass(silentStep, async () => {}))
  if (second.failure) throw second.failure
  const sent = second.receipts.filter((each) => each.status !== 'already there').map((each) => each.artifact)
  if (second.counted.bytesSent === 0 && sent.length === 0) return
  throw new ProblemError(
    error(
      'second-pass-sent',
      `Releasing the same version again sent ${second.counted.bytesSent} bytes (${sent.join(', ')}); it must send nothing.`,
      'This is a fault in Slipway: please report it with the file that --json writes.',
    ),
  )
}

/** What a maintainer does with `git push --tags`: the tag is on GitHub before a release starts. */
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
  // 422: it is there since an earlier run.
  if (status !== 201 && status !== 422) throw new Error(`The sandbox's GitHub did not take the tag (HTTP ${status}).`)
}
