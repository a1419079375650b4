import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { sha256sums } from '@slipway/artifacts/sums'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import { RELEASE_NOTES, releasePage, SHA256SUMS } from '@slipway/registries/github/remote'

/** A file that the draft of a release holds already: its name there, and its sha256 in lower-case hex. */
export type HeldAsset = Pick<Artifact, 'filename' | 'sha256'>

/**
 * Writes what a GitHub release holds besides the built files: the notes, and SHA256SUMS of everything else, in the form
 * that `sha256sum -c` reads. Returns all assets, SHA256SUMS last.
 * @param out existing folder for the two files
 * @param held other files that the draft holds, for SHA256SUMS
 */
export async function releaseAssets(
  plan: Pick<Plan, 'notes' | 'version'>,
  built: readonly Artifact[],
  out: string,
  held: readonly HeldAsset[] = [],
): Promise<Artifact[]> {
  const write = async (filename: string, text: string) => {
    await writeFile(join(out, filename), text)
    return describeFile('asset', filename, plan.version, join(out, filename))
  }
  const assets = [...built, await write(RELEASE_NOTES, `${releasePage(plan)}\n`)]
  const others = held.filter(
    (each) => each.filename !== SHA256SUMS && !assets.some((one) => one.filename === each.filename),
  )
  return [...assets, await write(SHA256SUMS, sha256sums([...assets, ...others]))]
}
