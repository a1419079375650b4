import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import type { Step } from '@slipway/release/step'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * What a copy's work holds in a folder: the artifacts of its manifest when there is one, else what `build` makes in an
 * empty folder. The manifest is written last and with all files in place, so that a run that was killed halfway leaves
 * none behind.
 */
export async function kept(
  { work, plan }: Pick<SourceCopy, 'work' | 'plan'>,
  name: string,
  step: Step,
  build: (out: string) => Promise<Artifact[]>,
): Promise<Artifact[]> {
  const folder = join(work, name)
  const manifest = await readManifest(folder)
  if (manifest) return step(`take the ${name} that were built before`, async () => manifest.artifacts)
  return inScratch(work, async (out) => {
    const artifacts = await build(out)
    await writeManifest(out, manifestOf(plan, artifacts))
    await rename(out, folder)
    return (await readManifest(folder))?.artifacts ?? []
  })
}
