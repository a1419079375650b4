import { basename } from 'node:path'
import { builtPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/receipt'
import type { DestinationOutcome } from '@slipway/release/pipeline/outcome'
import { skippedReceipts } from '@slipway/release/plan/skipped'
import type { Installed } from '@slipway/release/verify/finding'

/** Version of the report's JSON form. A field may be added under the same number, never changed. */
const REPORT_SCHEMA = 1

/** One run of the publishing half of a release, as counted by the sandbox. */
export interface Pass {
  /** Bytes of request bodies sent to upload routes. */
  bytesSent: number
  requests: number
  seconds: number
}

/** A part of the release that was not rehearsed, and the reason. */
export interface NotRehearsed {
  what: string
  reason: string
}

/** The result of a rehearsal. */
export interface Report {
  schema: typeof REPORT_SCHEMA
  /** Version of the release. */
  version: string
  plan: Plan
  problems: Problem[]
  receipts: Receipt[]
  /** State of the release at each destination after the first pass, in the pipeline's order. */
  destinations: DestinationOutcome[]
  passes: Pass[]
  installed: Installed[]
  notRehearsed: NotRehearsed[]
  /** `tools`: time in which at least one child process ran; `slipway`: the rest. */
  seconds: { total: number; tools: number; slipway: number }
}

/** Returns the report of a rehearsal that has only been planned. */
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

/** Returns the parts that this machine does not rehearse, apart from images, under their `--require` names. */
function notRehearsed(plan: Plan, platform: string): NotRehearsed[] {
  const left: NotRehearsed[] = [
    ...(plan.gate.length > 0 ? [] : [{ what: 'gate', reason: 'slipway.toml has no gate commands (tests, lints)' }]),
    { what: 'docs', reason: 'Slipway does not publish documentation yet' },
    {
      what: 'trusted-publishing',
      reason: "this rehearsal uses tokens; `--workflow` rehearses the workflow's logins",
    },
    { what: 'announce', reason: 'a rehearsal announces nothing' },
  ]
  if (builtPackages(plan).length > 0) {
    left.push({ what: 'other-targets', reason: `only the wheel for this machine (${platform}) can be built here` })
  }
  return left
}

/** Returns the repository that a rehearsed project has on the sandbox's GitHub. @param project its folder */
export function rehearsedRepository(project: string): string {
  return `rehearsal/${basename(project).replace(/[^\w.-]/g, '-')}`
}
