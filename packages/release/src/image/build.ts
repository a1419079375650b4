import { join } from 'node:path'
import { REVISION_LABEL, VERSION_LABEL } from '@slipway/artifacts/oci/labels'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import type { Engine } from '@slipway/toolchain/engine/engine'

/** Options of building an image, in addition to the plan. */
export interface BuildImageOptions {
  /** The project, absolute. */
  dir: string
  /** Folder for the layout, absolute; must not exist. */
  layout: string
  /** Timestamp of the image, in seconds since the epoch. */
  sourceDateEpoch: number
  /** `linux/amd64`; empty for this machine's platform. */
  platforms: readonly string[]
  /** Additions to the plan's arguments, which they override. */
  buildArgs: Record<string, string>
  /** Additions to the standard labels, which they override. */
  labels: Record<string, string>
  /** Address of the source repository, if known. */
  source?: string | undefined
}

/**
 * Builds an image into a layout.
 * @throws ProblemError when the engine fails
 */
export async function buildImage(
  engine: Engine,
  plan: Pick<Plan, 'version' | 'commit'>,
  { project, file, context, target, buildArgs: planned }: ImageBuild,
  { dir, layout, sourceDateEpoch, platforms, buildArgs, labels, source }: BuildImageOptions,
): Promise<Artifact> {
  await engine.build({
    context: join(dir, context),
    file: join(dir, file),
    ...(target !== undefined && { target }),
    buildArgs: { ...planned, ...buildArgs },
    labels: { ...standardLabels(plan, { project, sourceDateEpoch, source }), ...labels },
    platforms,
    sourceDateEpoch,
    out: layout,
  })
  return describeImage(project, plan.version, layout)
}

/**
 * Returns standard labels (OCI image specification, "Pre-Defined Annotation Keys"). GHCR links a package to its
 * repository by `source`.
 */
function standardLabels(
  { version, commit }: Pick<Plan, 'version' | 'commit'>,
  { project, sourceDateEpoch, source }: { project: string; sourceDateEpoch: number; source: string | undefined },
): Record<string, string> {
  const key = 'org.opencontainers.image'
  return {
    [`${key}.title`]: project,
    [VERSION_LABEL]: version,
    [`${key}.created`]: new Date(sourceDateEpoch * 1000).toISOString(),
    ...(commit !== null && { [REVISION_LABEL]: commit }),
    ...(source !== undefined && { [`${key}.source`]: source }),
  }
}
