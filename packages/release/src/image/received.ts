import { dirname, join } from 'node:path'
import { readManifest } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { downloaded } from '../handover/builds.ts'
import { buildUpload, type HandoverOptions } from '../handover/handover.ts'

/** Returns the folder of the images that a job builds for later ones: beside the other built files. */
export function imagesFolder(manifest: string): string {
  return join(dirname(manifest), 'images')
}

/** Returns the name of the artifact with an image. */
export function imageUpload({ project }: Pick<ImageBuild, 'project'>): string {
  return buildUpload('image', project)
}

/**
 * Returns the image with a digest that this job or an earlier one of the run has built.
 * @param digest an output of the job that built it; the root of trust, since any job can replace an artifact of the run
 * @throws ProblemError `image-not-trusted` when there is no image with that digest
 */
export async function receivedImage(
  ports: Ports,
  build: ImageBuild,
  { digest, manifest, store = null }: HandoverOptions & { digest: string },
): Promise<Artifact> {
  const imageIn = async (folder: string) => {
    const { artifacts = [] } = (await readManifest(folder)) ?? {}
    return artifacts.find((each) => each.kind === 'image' && `sha256:${each.sha256}` === digest)
  }
  const here = await imageIn(imagesFolder(manifest))
  if (here) return here
  const name = imageUpload(build)
  const folder = await downloaded(ports, store, (each) => each === name)
  const image = await imageIn(join(folder, name))
  if (!image) throw new ProblemError(notTrusted(name, digest))
  return image
}

function notTrusted(name: string, digest: string) {
  const message = `Neither this job nor the artifact ${name} has an image ${digest.slice(0, 19)}…, so nothing is pushed.`
  const hint =
    'Pass the output `digest` of the job that built the image in this run, with push-image and `push: false`.'
  return error('image-not-trusted', message, hint)
}
