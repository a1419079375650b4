import { join } from 'node:path'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import type { Engine } from '@slipway/toolchain/engine/engine'

/** What an image is built with besides what the plan says. */
export interface BuildImagesOptions {
  /** The project, absolute. */
  dir: string
  /** Folder of the layout, absolute; not there yet. */
  layout: string
  /** Seconds since the epoch that what is built carries as its time. */
  sourceDateEpoch: number
  /** `linux/amd64`; none for this machine's own. */
  platforms: readonly string[]
  buildArgs: Record<string, string>
  /** On top of, and in place of, those that the plan makes. */
  labels: Record<string, string>
  /** Address of the sources' repository, where it is known. */
  source?: string | undefined
}

/**
 * Builds an image into a layout.
 * @throws ProblemError when the engine fails
 */
export async function buildImage(
  engine: Engine,
  plan: Pick<Plan, 'version' | 'commit'>,
  { project, file, context, target }: ImageBuild,
  { dir, layout, sourceDateEpoch, platforms, buildArgs, labels, source }: BuildImagesOptions,
): Promise<Artifact> {
  await engine.build({
    context: join(dir, context),
    file: join(dir, file),
    ...(target !== undefined && { target }),
    buildArgs,
    labels: { ...standardLabels(plan, { project, sourceDateEpoch, source }), ...labels },
    platforms,
    sourceDateEpoch,
    out: layout,
  })
  return describeImage(project, plan.version, layout)
}

/** The label in which an image tells the commit that it was built from. */
export const REVISION_LABEL = 'org.opencontainers.image.revision'

/** OCI image specification, "Pre-Defined Annotation Keys". GHCR finds the repository of a package by `source`. */
function standardLabels(
  { version, commit }: Pick<Plan, 'version' | 'commit'>,
  { project, sourceDateEpoch, source }: { project: string; sourceDateEpoch: number; source: string | undefined },
): Record<string, string> {
  const key = 'org.opencontainers.image'
  return {
    [`${key}.title`]: project,
    [`${key}.version`]: version,
    [`${key}.created`]: new Date(sourceDateEpoch * 1000).toISOString(),
    ...(commit !== null && { [REVISION_LABEL]: commit }),
    ...(source !== undefined && { [`${key}.source`]: source }),
  }
}
