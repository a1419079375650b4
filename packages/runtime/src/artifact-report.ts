import type { Artifact } from '@slipway/core/artifact'
import type { Context } from './main.ts'
import { code, table } from './markdown.ts'

/** Tells what was built: a table in the summary, and the output `files`. */
export function reportArtifacts(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  artifacts: readonly Artifact[],
): void {
  const rows = artifacts.map(({ filename, size, sha256 }) => [
    code(filename),
    `${Math.ceil(size / 1024)} KiB`,
    code(sha256),
  ])
  report.section('Built', table(['File', 'Size', 'sha256'], rows))
  workflow.output('files', JSON.stringify(artifacts.map((each) => each.filename)))
}
