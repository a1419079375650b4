import { createHash } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, MANIFEST_SCHEMA } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { releaseAssets } from '@slipway/release/assets'
import { buildCrates, buildPackages } from '@slipway/release/build'
import type { Step } from '@slipway/release/step'
import { tryPackages } from '@slipway/release/verify/wheel'
import { cacheDir } from '@slipway/toolchain/cache'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * The artifacts of a copy: those of its manifest when there is one, else built, inspected and tried. The manifest is
 * written last and with all files in place, so that a run that was killed halfway leaves none behind.
 * @throws ProblemError when something cannot be built, is not fit to publish, or does not work
 */
export async function artifactsOf(
  ports: Ports,
  { dir, work, plan, epoch }: SourceCopy,
  step: Step,
): Promise<Artifact[]> {
  const kept = join(work, 'artifacts')
  const manifest = await readManifest(kept)
  if (manifest) return step('take what was built before', async () => manifest.artifacts)
  return inScratch(work, async (out) => {
    const artifacts = await build(ports, { dir, work, plan, epoch }, out, step)
    await writeManifest(out, { schema: MANIFEST_SCHEMA, version: plan.version, commit: plan.commit, artifacts })
    await rename(out, kept)
    return (await readManifest(kept))?.artifacts ?? []
  })
}

async function build(
  ports: Ports,
  { dir, work, plan, epoch }: Omit<SourceCopy, 'notices'>,
  out: string,
  step: Step,
): Promise<Artifact[]> {
  // One target folder a project, so that a rehearsal after a small change compiles little.
  const names = plan.crates.map((each) => each.name).join(' ')
  const key = createHash('sha256').update(names).digest('hex').slice(0, 16)
  const options = { dir, plan, out, targetDir: join(cacheDir(ports.env), 'target', key), sourceDateEpoch: epoch }
  const packages = await step('build wheels and sdists', () => {
    return buildPackages(ports, { ...options, compatibility: 'manylinux_2_17', zig: true })
  })
  const crates = await step('package crates', () => buildCrates(ports, options))
  const built = [...crates, ...packages]
  await step('inspect', async () => failOnErrors(await inspectArtifacts(built, plan)))
  await step('smoke test: install the wheels and import', () =>
    inScratch(work, async (folder) => {
      const file = (name: string) => packages.find((each) => each.kind === 'wheel' && each.project === name)?.path ?? ''
      await tryPackages(ports, plan, { folder, source: { file }, every: false })
    }),
  )
  return releaseAssets(plan, built, out)
}
