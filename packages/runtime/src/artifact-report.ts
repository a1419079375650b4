import { join } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import { few } from '@slipway/core/counted'
import type { Release } from '@slipway/core/plan'
import { MAX_DIFFERENCES_PER_FILE } from './limits.ts'
import type { Context } from './main.ts'
import { code, duration, escapeCell, table } from './markdown.ts'

/**
 * Reports the built artifacts: a table in the summary, and the output `files`.
 * @param times how long each file was built, in milliseconds by its name; unknown for others
 */
export function reportArtifacts(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  artifacts: readonly Artifact[],
  times: ReadonlyMap<string, number> = new Map(),
): void {
  report.section('Built', filesTable(artifacts, times))
  workflow.output('files', namesOf(artifacts))
}

/** A complete release in its folder. */
export interface Assembled {
  out: string
  plan: Pick<Release, 'version' | 'tag'>
  artifacts: readonly Artifact[]
  manifestSha256: string
}

/**
 * Reports the files of a release, and sets the outputs by which later jobs identify it. `manifest-sha256` is never empty,
 * because that would trust any manifest.
 */
export function reportRelease(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  { out, plan: { version, tag }, artifacts, manifestSha256 }: Assembled,
): void {
  report.section(`Release ${tag}`, filesTable(artifacts))
  workflow.output('manifest', join(out, 'manifest.json'))
  workflow.output('manifest-sha256', manifestSha256)
  workflow.output('version', version)
  workflow.output('tag', tag)
  workflow.output('files', namesOf(artifacts.filter(({ kind }) => kind !== 'image')))
  workflow.output(
    'has-image',
    artifacts.some(({ kind }) => kind === 'image'),
  )
}

/** Reports the release that an earlier run started, if any. */
export function reportResumed(
  { report, workflow, ports }: Pick<Context, 'report' | 'workflow' | 'ports'>,
  resumed: { manifestSha256: string; releaseId: number; artifacts: readonly Artifact[] } | null,
): void {
  workflow.output('resumed', resumed !== null)
  workflow.output('manifest-sha256', resumed?.manifestSha256 ?? '')
  workflow.output('release-id', resumed?.releaseId ?? '')
  workflow.output('has-image', resumed?.artifacts.some(({ kind }) => kind === 'image') ?? '')
  if (resumed === null) ports.log.info('No earlier run started this release, so everything is built.')
  else report.section('Resumed with the files of an earlier run', filesTable(resumed.artifacts))
}

/** Reports the installed and imported packages. */
export function reportInstalled(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  installed: readonly { what: string; where: string; version: string }[],
): void {
  workflow.output('installed', JSON.stringify(installed))
  if (installed.length === 0) return
  const rows = installed.map(({ what, where, version }) => [code(what), where, code(version)])
  report.section('Installed and imported', table(['Package', 'With', 'Version'], rows))
}

/** Reports the comparison of two builds. */
export function reportComparison(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  compared: readonly { filename: string; sha256: string; differences: readonly string[] }[],
): void {
  const differing = compared.filter((each) => each.differences.length > 0)
  workflow.output('reproducible', differing.length === 0)
  const json = differing.map(({ filename, differences }) => ({
    file: filename,
    differences: differences.slice(0, MAX_DIFFERENCES_PER_FILE),
  }))
  workflow.output('differences', JSON.stringify(json))
  const rows = compared.map(({ filename, sha256, differences }) => [
    code(filename),
    differences.length === 0 ? 'the same bytes' : escapeCell(few(differences)),
    code(sha256),
  ])
  report.section('Compared with the other build', table(['File', 'Result', 'sha256'], rows))
}

const namesOf = (artifacts: readonly Artifact[]) => JSON.stringify(artifacts.map((each) => each.filename))

function filesTable(artifacts: readonly Artifact[], times: ReadonlyMap<string, number> = new Map()): string {
  const wasTried = artifacts.some((each) => each.executed ?? each.notExecuted)
  const isTimed = artifacts.some((each) => times.has(each.filename))
  const timeOf = (milliseconds: number | undefined) => (milliseconds === undefined ? '' : duration(milliseconds))
  const rows = artifacts.map((each) => [
    code(each.filename),
    `${Math.ceil(each.size / 1024)} KiB`,
    ...(isTimed ? [timeOf(times.get(each.filename))] : []),
    ...(wasTried ? [executionOf(each)] : []),
    code(each.sha256),
  ])
  return table(['File', 'Size', ...(isTimed ? ['Built in'] : []), ...(wasTried ? ['Executed'] : []), 'sha256'], rows)
}

/** Says where a wheel was executed, or why it was only inspected. */
function executionOf({ executed, notExecuted }: Artifact): string {
  const places = executed?.map(({ machine, pythons }) => `${machine}: Python ${pythons.join(', ')}`)
  return escapeCell(places?.join('; ') ?? (notExecuted === undefined ? '' : `no: ${notExecuted}`))
}
