import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { consign, publishRelease } from '@slipway/release/publish'
import type { Step } from '@slipway/release/step'
import { controlClient } from '@slipway/sandbox/control'
import type { SandboxDescription } from '@slipway/sandbox/description'
import type { Pass } from './report.ts'
import { destinationsOf } from './services.ts'
import type { SourceCopy } from './source-copy.ts'

/** What is published, and the services that it is published to. */
export interface Stage {
  ports: Ports
  copy: SourceCopy
  artifacts: readonly Artifact[]
  description: SandboxDescription
  /** `owner/name` of the release. */
  repository: string
}

/** How a pass ended: what the sandbox counted, and what was earned up to its end or failure. */
export interface Passed {
  counted: Pass
  receipts: Receipt[]
  failure: ProblemError | null
}

/** Services on this machine answer at once. */
const PATIENCE = { deadline: 120_000, pause: 200, tries: 6 }

/**
 * Publishes the release once, as any job would.
 * @param trial tries what Test PyPI then holds
 */
export async function publishingPass(stage: Stage, step: Step, trial: () => Promise<void>): Promise<Passed> {
  const { ports, copy, artifacts, description, repository } = stage
  const { clock, log } = ports
  const control = controlClient(description.control.url)
  const receipts: Receipt[] = []
  const effort: Effort = { clock, log, patience: PATIENCE, onReceipt: (receipt) => void receipts.push(receipt) }
  const consignment = consign(ports, copy.plan, artifacts, destinationsOf(description, repository))
  const before = await control.counters()
  const start = clock.now()
  let failure: ProblemError | null = null
  try {
    await publishRelease(consignment, effort, step, trial)
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    failure = cause
  }
  const seconds = (clock.now() - start) / 1000
  const after = await control.counters()
  const bytesSent = after.uploadBytes - before.uploadBytes
  return { counted: { bytesSent, requests: after.requests - before.requests, seconds }, receipts, failure }
}
