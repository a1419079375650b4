import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import type { DestinationOutcome } from '@slipway/release/pipeline/outcome'
import { skippedReceipts } from '@slipway/release/skipped'
import type { Installed } from '@slipway/release/verify/finding'

/** Number of the report's JSON form; a field may be added under the same number, never changed. */
const REPORT_SCHEMA = 1

/** One run of the publishing half of the release, as the sandbox counted it. */
export interface Pass {
  /** Bytes of request bodies on routes that carry artifacts. */
  bytesSent: number
  requests: number
  seconds: number
}

/** A part of a release that was not done, and why. */
export interface NotRehearsed {
  what: string
  reason: string
}

/** What a rehearsal found. */
export interface Report {
  schema: typeof REPORT_SCHEMA
  /** The release's. */
  version: string
  plan: Plan
  problems: Problem[]
  receipts: Receipt[]
  /** How the release stands at each destination after the first pass, in the order of the pipeline. */
  destinations: DestinationOutcome[]
  passes: Pass[]
  installed: Installed[]
  notRehearsed: NotRehearsed[]
  /** `tools`: while at least one child process ran; `slipway`: the rest. */
  seconds: { total: number; tools: number; slipway: number }
}

/** The report of a rehearsal that has only planned yet. */
export function newReport(plan: Plan, notices: readonly Problem[]): Report {
  return {
    schema: REPORT_SCHEMA,
    version: plan.version,
    plan,
    problems: [...plan.problems, ...notices],
    receipts: skippedReceipts(plan),
    destinations: [],
    passes: [],
    installed: [],
    notRehearsed: notRehearsed(plan, `${process.platform} ${process.arch}`),
    seconds: { total: 0, tools: 0, slipway: 0 },
  }
}

/** What a rehearsal leaves out on this machine besides images, by the names that `--require` takes. */
function notRehearsed(plan: Plan, platform: string): NotRehearsed[] {
  const left: NotRehearsed[] = [
    ...(plan.gate.length > 0 ? [] : [{ what: 'gate', reason: 'slipway.toml has no gate commands (tests, lints)' }]),
    { what: 'docs', reason: 'documentation is not published yet' },
    {
      what: 'trusted-publishing',
      reason: 'this rehearsal has tokens; `--workflow` rehearses the logins of the workflow',
    },
    { what: 'announce', reason: 'a rehearsal announces nothing' },
  ]
  if (publishedPackages(plan).length > 0) {
    left.push({ what: 'other-targets', reason: `only the wheel for this machine (${platform}) can be built here` })
  }
  return left
}
