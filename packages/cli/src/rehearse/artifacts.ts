import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { releaseAssets } from '@slipway/release/assets'
import { buildCrates, buildPackages } from '@slipway/release/build'
import type { Step } from '@slipway/release/step'
import { tryPackages } from '@slipway/release/verify/wheel'
import { cacheDir } from '@slipway/toolchain/cache'
import { kept } from './kept.ts'
import { inTurn } from './lock.ts'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * The files of a copy's release, kept or else built, inspected and tried.
 * @throws ProblemError when something cannot be built, is not fit to publish, or does not work
 */
export function artifactsOf(ports: Ports, copy: SourceCopy, step: Step): Promise<Artifact[]> {
  return kept(copy, 'artifacts', step, (out) => build(ports, copy, out, step))
}

/** Cargo's target folder: one a project, so that a rehearsal after a small change compiles little. */
export function targetDir({ env }: Pick<Ports, 'env'>, { crates }: Pick<Plan, 'crates'>): string {
  const names = crates.map((each) => each.name).join(' ')
  return join(cacheDir(env), 'target', createHash('sha256').update(names).digest('hex').slice(0, 16))
}

async function build(
  ports: Ports,
  { dir, work, plan, epoch }: SourceCopy,
  out: string,
  step: Step,
): Promise<Artifact[]> {
  const options = { dir, plan, out, targetDir: targetDir(ports, plan), sourceDateEpoch: epoch }
  await mkdir(options.targetDir, { recursive: true })
  // maturin moves what cargo built there, under another build's eyes.
  const { packages, crates } = await inTurn(ports, options.targetDir, async () => ({
    packages: await step('build wheels and sdists', () => {
      return buildPackages(ports, { ...options, compatibility: 'manylinux_2_17', zig: true })
    }),
    crates: await step('package crates', () => buildCrates(ports, options)),
  }))
  const built = [...crates, ...packages]
  await step('inspect', async () => failOnErrors(await inspectArtifacts(built, plan), ports.log))
  await step('smoke test: install the wheels and import', () =>
    inScratch(work, async (folder) => {
      const file = (name: string) => packages.find((each) => each.kind === 'wheel' && each.project === name)?.path ?? ''
      await tryPackages(ports, plan, { folder, source: { file }, every: false })
    }),
  )
  return releaseAssets(plan, built, out)
}
