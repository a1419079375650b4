import { dirname, relative } from 'node:path'
import { addToManifest, readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { imageTags } from '@slipway/registries/oci/tags'
import { collectBuilds } from '../handover/builds.ts'
import { assembledPlan, handOver } from '../handover/handover.ts'
import { downloadPrebuilt, prebuiltFiles } from '../handover/prebuilt.ts'
import { wholeRelease } from '../job/artifacts.ts'
import { planOfJob } from '../job/plan.ts'
import { type Job, loginOf, startJob } from '../job/start.ts'
import type { StepName } from '../pipeline/run.ts'
import { AUTO_IMAGES, chooseImage, imagesOf, LATE_IMAGE, NO_IMAGE, NO_IMAGES } from './choose.ts'
import type { PushImageOptions } from './options.ts'
import { imageUpload } from './received.ts'
import { imageOf } from './source.ts'

/** The image of a step. */
export interface PushedImage {
  /** `sha256:<hex>` */
  digest: string
  /** Bytes of all blobs. */
  size: number
  /** Every name with the digest, as a deployment should reference it. */
  references: string[]
  /** Whether a registry already had it from this commit, so that nothing was built. */
  isPublished: boolean
}

/** A job that pushes an image, and the image; null if there is none to push. */
export interface PushImageJob extends Job {
  image(): PushedImage | null
  /** Returns why there is no image. */
  skipped(): string
}

const STEPS: Record<PushImageOptions['push'], readonly StepName[]> = {
  false: ['plan', 'build', 'assemble'],
  digest: ['plan', 'build', 'assemble', 'preflight', 'images'],
  true: ['plan', 'build', 'assemble', 'preflight', 'images', 'late-images', 'tags'],
}

/**
 * Builds an image once, tests it, pushes it to all of its repositories by its digest, then moves its tags. Reuses the
 * image of this version and commit from a repository that already has it.
 */
export function pushImage(ports: Ports, options: PushImageOptions): PushImageJob {
  let build: ImageBuild | null = null
  let built: Artifact | null = null
  let isPublished = false
  let skipped = NO_IMAGE
  const login = loginOf(ports, options)
  const job = startJob(ports, options, {
    steps: STEPS[options.push],
    own: ['images', 'late-images'],
    imageTags: options.tags,
    login,
    site: {
      async plan(run) {
        const plan = await planOfJob(ports, options)
        failOnErrors(plan.problems)
        // Reports an invalid tag before anything is built.
        imageTags(plan.version, options.tags)
        build = choose(plan, options)
        if (build?.after !== undefined && (await isEarly(options))) [build, skipped] = [null, LATE_IMAGE]
        run.plan = build ? { ...plan, images: imagesOf(build) } : plan
      },
      async build(run) {
        if (options.push === 'false') await receiveBuilds(ports, run.plan, options)
        if (build) ({ built, isPublished } = await imageOf(ports, run.plan, build, { ...options, login }))
      },
      async assemble(run) {
        if (built === null) return
        if (options.push === 'false') await addImage(ports, run.plan, built, options)
        else run.artifacts = await wholeRelease(ports, run.plan, options, [built])
      },
    },
  })
  const image = () => {
    if (!build || !built) return null
    const digest = `sha256:${built.sha256}`
    const references = build.names.map((each) => `${imageName(each)}@${digest}`)
    return { digest, size: built.size, references, isPublished }
  }
  return { ...job, image, skipped: () => skipped }
}

/** Returns the image to build, from the options or the plan; null for none. */
function choose(plan: Plan, options: PushImageOptions): ImageBuild | null {
  const [only] = options.images
  if (only === NO_IMAGES) return null
  return chooseImage(plan, only === AUTO_IMAGES ? { ...options, images: [] } : options)
}

/**
 * Returns whether a step runs before PyPI can have the release: it pushes no tags, and is not the one that builds for a later
 * step from an assembled release.
 */
async function isEarly({ push, manifest, digest }: PushImageOptions): Promise<boolean> {
  if (push === 'true' || digest !== undefined) return false
  return push === 'digest' || (await assembledPlan(manifest)) === null
}

/** Adds an image to the manifest for later steps and jobs, if its layout is beside the other files. */
async function addImage(ports: Ports, plan: Plan, image: Artifact, options: PushImageOptions): Promise<void> {
  const folder = dirname(options.manifest)
  if (relative(folder, image.path).startsWith('..')) return
  const own = dirname(image.path)
  // An assembled release is complete: its manifest is what later jobs trust.
  if (own === folder || (await assembledPlan(options.manifest)) === null) {
    await addToManifest(folder, manifestOf(plan, [image]))
  }
  // Other jobs upload the other files.
  if (own !== folder) await writeManifest(own, manifestOf(plan, [image]))
  await handOver(ports, options, imageUpload(image), own)
}

/**
 * Downloads the distributions that other jobs built to where a Dockerfile copies them from, unless this job built some.
 */
async function receiveBuilds(ports: Ports, plan: Plan, options: PushImageOptions): Promise<void> {
  const { dir, manifest, store = null } = options
  const out = dirname(manifest)
  if (store === null || (await readManifest(out))) return
  const { artifacts: prebuilt } = await prebuiltFiles(plan, { dir, downloads: await downloadPrebuilt(ports, options) })
  const builds = await collectBuilds(ports, plan, { store, out, kinds: ['wheel', 'sdist'], prebuilt })
  if (builds.length > 0) await addToManifest(out, manifestOf(plan, builds))
}
