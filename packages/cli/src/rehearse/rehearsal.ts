import { mkdtemp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { error, errorsOf, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { consign, publishRelease, skippedReceipts } from '@slipway/release/publish'
import type { Step } from '@slipway/release/step'
import { tryPackages } from '@slipway/release/verify/wheel'
import { controlClient } from '@slipway/sandbox/control'
import { artifactsOf } from './artifacts.ts'
import { cargoUpstream } from './cargo-overlay.ts'
import { installBack } from './install-back.ts'
import { notRehearsed, type Pass, REPORT_SCHEMA, type Report } from './report.ts'
import { attachOrStart, destinationsOf, type Services } from './services.ts'
import { copySource, type SourceCopy } from './source-copy.ts'

/** What is rehearsed, and where. Folders are absolute. */
export interface RehearsalOptions {
  project: string
  /** Where services keep their state and what was built is kept. */
  state: string
  /** Take the working tree, not the last commit. */
  dirty: boolean
  step: Step
}

/** Registries on this machine answer at once; what they ask to wait for is asked for in tests. */
const PATIENCE = { deadline: 120_000, pause: 200, tries: 6 }

/**
 * Releases a project into local services, installs everything back, and releases it again, which must send nothing.
 * Gives the report, its `seconds` still to be filled in; what failed is among its problems.
 * @throws ProblemError when there is nothing to report on: no such folder, no git
 */
export async function rehearse(ports: Ports, options: RehearsalOptions): Promise<Report> {
  const { project, state, step, dirty } = options
  const copy = await step('plan', () => copySource(ports, project, { root: join(state, 'work'), dirty }))
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
    const assets = await artifactsOf(ports, copy, step)
    services = await step('start local services', async () => attachOrStart(state, await cargoUpstream(ports.env)))
    await new Passes(ports, options, copy, assets, services, report).run()
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    report.problems.push(...cause.problems)
  } finally {
    await services?.close()
  }
  return report
}

/** The publishing half, once and again, with what is tried in between. */
class Passes {
  readonly #ports: Ports
  readonly #options: RehearsalOptions
  readonly #copy: SourceCopy
  readonly #assets: readonly Artifact[]
  readonly #services: Services
  readonly #report: Report
  readonly #repository: string

  constructor(
    ports: Ports,
    options: RehearsalOptions,
    copy: SourceCopy,
    assets: readonly Artifact[],
    services: Services,
    report: Report,
  ) {
    this.#ports = ports
    this.#options = options
    this.#copy = copy
    this.#assets = assets
    this.#services = services
    this.#report = report
    this.#repository = `rehearsal/${basename(options.project).replace(/[^\w.-]/g, '-')}`
  }

  async run(): Promise<void> {
    const { step } = this.#options
    const { plan } = this.#copy
    const { description } = this.#services
    await step('push the tag', () => pushTag(this.#ports, description.github, this.#repository, plan))
    const first = await this.#pass(step)
    this.#report.receipts.push(...first)
    const folder = await mkdtemp(join(this.#copy.work, 'back-'))
    const back = { plan, description, repository: this.#repository, folder, step, installed: this.#report.installed }
    await installBack(this.#ports, back, this.#copy.dir)
    const second = await step('release it again', () => this.#pass((_name, act) => act()))
    const sent = this.#report.passes.at(-1) as Pass
    const published = second.filter((each) => each.status === 'published' || each.status === 'moved')
    if (sent.bytesSent > 0 || published.length > 0) {
      throw new ProblemError(
        error(
          'second-pass-sent',
          `Releasing the same version again sent ${sent.bytesSent} bytes (${published.map((each) => each.artifact).join(', ')}); it must send nothing.`,
          'This is a fault in Slipway: please report it with the file that --json writes.',
        ),
      )
    }
  }

  async #pass(step: Step): Promise<Receipt[]> {
    const { clock, log } = this.#ports
    const { plan, work } = this.#copy
    const { description } = this.#services
    const control = controlClient(description.control.url)
    const before = await control.counters()
    const start = clock.now()
    const consignment = consign(this.#ports, plan, this.#assets, destinationsOf(description, this.#repository))
    const earned: Receipt[] = []
    const effort: Effort = { clock, log, patience: PATIENCE, onReceipt: (receipt) => void earned.push(receipt) }
    const trial = async () => {
      const folder = await mkdtemp(join(work, 'trial-'))
      await tryPackages(this.#ports, plan, { folder, source: { index: description.testpypi.simple }, every: false })
    }
    try {
      return await publishRelease(consignment, effort, step, this.#report.passes.length === 0 ? trial : async () => {})
    } catch (cause) {
      this.#report.receipts.push(...earned)
      throw cause
    } finally {
      const after = await control.counters()
      this.#report.passes.push({
        bytesSent: after.uploadBytes - before.uploadBytes,
        requests: after.requests - before.requests,
        seconds: (clock.now() - start) / 1000,
      })
    }
  }
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
