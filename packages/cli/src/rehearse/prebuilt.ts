import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import { prebuiltFiles } from '@slipway/release/handover/prebuilt'
import type { NotRehearsed } from './report.ts'
import { sweepScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * Adds to a copy the wheels and sdists that another job builds, as far as the project's folder has them: git mostly ignores
 * them, so the copy does not. A package without them is left out of the plan, and reported. What is built goes to a folder
 * of these files, so that others are never released with it.
 */
export async function withPrebuilt(copy: SourceCopy): Promise<{ copy: SourceCopy; notRehearsed: NotRehearsed[] }> {
  const { plan, project } = copy
  const absent = new Set<string>()
  for (const each of publishedPackages(plan)) {
    const { missing } = await prebuiltFiles({ ...plan, packages: [each] }, { dir: project })
    if (missing.length > 0) absent.add(each.name)
  }
  const packages = plan.packages.map((each) => {
    return absent.has(each.name)
      ? { ...each, reason: 'This folder does not have the files that another job builds.' }
      : each
  })
  const rehearsed = { ...plan, packages }
  const { artifacts } = await prebuiltFiles(rehearsed, { dir: project })
  const prebuilt = artifacts
    .filter((each) => !absent.has(each.project))
    .map((artifact) => ({ at: relative(project, artifact.path), artifact }))
  const notRehearsed = plan.packages
    .filter((each) => absent.has(each.name))
    .map(({ name, prebuilt: globs = [] }) => ({
      what: 'prebuilt',
      reason: `${name}: the project's folder does not have all files that another job builds (${globs.join(', ')})`,
    }))
  if (prebuilt.length === 0) return { copy: { ...copy, plan: rehearsed }, notRehearsed }
  const files = prebuilt.map(({ artifact }) => `${artifact.filename} ${artifact.sha256}`).sort()
  const key = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12)
  const work = join(copy.work, `prebuilt-${key}`)
  await mkdir(work, { recursive: true })
  await sweepScratch(work)
  return { copy: { ...copy, plan: rehearsed, work, prebuilt }, notRehearsed }
}
