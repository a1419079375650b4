import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { sha256sums } from '@slipway/artifacts/sums'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'

/** Names of the assets that are written, not built. */
export const RELEASE_NOTES = 'RELEASE_NOTES.md'
export const SHA256SUMS = 'SHA256SUMS'

/** Text of a release's page: the changelog's section, or a sentence in its place. */
export function releaseNotes({ notes, version }: Pick<Plan, 'notes' | 'version'>): string {
  return notes?.trim() || `Version ${version}.`
}

/**
 * Writes what a GitHub release holds besides the built files: the notes, and SHA256SUMS of everything else, in the form
 * that `sha256sum -c` reads. Gives all assets, SHA256SUMS last.
 * @param out existing folder for the two files
 */
export async function releaseAssets(
  plan: Pick<Plan, 'notes' | 'version'>,
  built: readonly Artifact[],
  out: string,
): Promise<Artifact[]> {
  const write = async (filename: string, text: string) => {
    await writeFile(join(out, filename), text)
    return describeFile('asset', filename, plan.version, join(out, filename))
  }
  const assets = [...built, await write(RELEASE_NOTES, `${releaseNotes(plan)}\n`)]
  return [...assets, await write(SHA256SUMS, sha256sums(assets))]
}
