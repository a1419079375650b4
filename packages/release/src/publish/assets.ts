import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { sha256sums } from '@slipway/artifacts/sums'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import { assetName } from '@slipway/registries/github/asset-name'
import { RELEASE_NOTES, releasePage, SHA256SUMS } from '@slipway/registries/github/remote'

/** An existing asset of a draft: its name there, and its sha256 in lower-case hex. */
export type DraftAsset = Pick<Artifact, 'filename' | 'sha256'>

/**
 * Writes the generated assets of a GitHub release: the notes, and SHA256SUMS of everything else, in the format of
 * `sha256sum -c` and with the names that GitHub stores. Returns all assets, SHA256SUMS last.
 * @param out existing folder for the two files
 * @param inDraft other assets of the draft, for SHA256SUMS
 */
export async function releaseAssets(
  plan: Pick<Plan, 'notes' | 'version'>,
  built: readonly Artifact[],
  out: string,
  inDraft: readonly DraftAsset[] = [],
): Promise<Artifact[]> {
  const write = async (filename: string, text: string) => {
    await writeFile(join(out, filename), text)
    return describeFile('asset', filename, plan.version, join(out, filename))
  }
  const assets = [...built, await write(RELEASE_NOTES, `${releasePage(plan)}\n`)]
  const stored = assets.map(({ filename, sha256 }) => ({ filename: assetName(filename), sha256 }))
  const others = inDraft.filter(
    (each) => each.filename !== SHA256SUMS && !stored.some((one) => one.filename === each.filename),
  )
  return [...assets, await write(SHA256SUMS, sha256sums([...stored, ...others]))]
}
