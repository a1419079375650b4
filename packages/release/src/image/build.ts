import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { REVISION_LABEL, VERSION_LABEL } from '@slipway/artifacts/oci/labels'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import { withArguments } from '@slipway/project/images/dockerfile'
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
  /** Simple API of a package index on this machine that has the release, for an image that installs it in a rehearsal. */
  index?: string | undefined
}

/**
 * Builds an image into a layout.
 * @throws ProblemError when the engine fails
 */
export async function buildImage(
  engine: Engine,
  plan: Pick<Plan, 'version' | 'commit'>,
  { project, file, context, target, buildArgs: planned }: ImageBuild,
  { dir, layout, sourceDateEpoch, platforms, buildArgs, labels, source, index }: BuildImageOptions,
): Promise<Artifact> {
  const dockerfile = join(dir, file)
  const build = () =>
    engine.build({
      context: join(dir, context),
      file: dockerfile,
      ...(target !== undefined && { target }),
      ...(index !== undefined && { hostNetwork: true }),
      buildArgs: { ...planned, ...buildArgs },
      labels: { ...standardLabels(plan, { project, sourceDateEpoch, source }), ...labels },
      platforms,
      sourceDateEpoch,
      out: layout,
    })
  await (index === undefined ? build() : withIndex(dockerfile, index, build))
  return describeImage(project, plan.version, layout)
}

/** Builds while pip and uv, in every stage of a Dockerfile, also install from a package index (pip, `--extra-index-url`; uv, `UV_INDEX`). */
async function withIndex(dockerfile: string, index: string, build: () => Promise<void>): Promise<void> {
  const text = await readFile(dockerfile, 'utf8')
  await writeFile(dockerfile, withArguments(text, { PIP_EXTRA_INDEX_URL: index, UV_INDEX: index }))
  // The file keeps its name, by which the engine finds its .dockerignore.
  await build().finally(() => writeFile(dockerfile, text))
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
