import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import type { Step } from '@slipway/release/job/step'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * Returns the artifacts of an earlier run when their folder has a manifest, else builds them in an empty folder. The
 * manifest is written last and moved into place with all files, so a killed run leaves none behind.
 */
export async function builtOnce(
  { work, plan }: Pick<SourceCopy, 'work' | 'plan'>,
  name: string,
  step: Step,
  build: (out: string) => Promise<Artifact[]>,
): Promise<Artifact[]> {
  const folder = join(work, name)
  const manifest = await readManifest(folder)
  if (manifest) return step(`reuse the ${name} of an earlier build`, async () => manifest.artifacts)
  return inScratch(work, async (out) => {
    const artifacts = await build(out)
    await writeManifest(out, manifestOf(plan, artifacts))
    await rename(out, folder)
    return (await readManifest(folder))?.artifacts ?? []
  })
}
