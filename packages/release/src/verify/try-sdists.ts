import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseMetadata } from '@slipway/artifacts/metadata'
import { metadataDifferences, type ReleaseFile } from '@slipway/artifacts/release-metadata'
import { readSdist } from '@slipway/artifacts/sdist'
import { unpackSdist } from '@slipway/artifacts/unpack'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { builtPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { buildMetadata } from '@slipway/toolchain/build-metadata'
import { maturinFor } from '../toolchains/maturin.ts'

/** An sdist that was unpacked elsewhere. */
export interface UnpackedSdist {
  artifact: Artifact
  /** The folder with its pyproject.toml, absolute. */
  source: string
}

/**
 * Tries the sdists of maturin as sources: unpacks each away from the project and builds the metadata of its wheel there, as
 * pip does where no wheel fits. Wheels of other backends are built from the sdist in any case.
 * @param folder existing, for the sources
 * @throws ProblemError `sdist-not-buildable`, `metadata-differs-between-files`
 */
export async function trySdists(
  ports: Ports,
  plan: Plan,
  artifacts: readonly Artifact[],
  folder: string,
): Promise<UnpackedSdist[]> {
  const tried: UnpackedSdist[] = []
  for (const artifact of artifacts.filter((each) => each.kind === 'sdist')) {
    const isOwn = (name: string) => normalizeName(name) === normalizeName(artifact.project)
    const planned = builtPackages(plan).find(({ name, backend }) => backend === 'maturin' && isOwn(name))
    if (!planned) continue
    const into = join(folder, `source-${tried.length}`)
    await mkdir(into)
    const sdist = await readSdist(artifact.path)
    const source = await unpackSdist(sdist, into)
    // zig is for linking, which metadata does not need; but the release has a maturin with it already.
    const maturin = await maturinFor(ports, source, true)
    const { filename: name } = artifact
    const built = await buildMetadata(ports, { dir: source, out: join(into, 'metadata'), maturin, name })
    const files: ReleaseFile[] = [
      { filename: name, isWheel: false, metadata: sdist.metadata },
      { filename: `the wheel built from ${name}`, isWheel: true, metadata: parseMetadata(built) },
    ]
    failOnErrors(
      metadataDifferences(files).map((each) => each.problem),
      ports.log,
    )
    tried.push({ artifact, source })
  }
  return tried
}
