import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import { earlyImages, type ImageBuild, imageBuilds, lateImages, namesOf } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { imageTarget } from '@slipway/registries/oci/target'
import { buildImage } from '@slipway/release/image/build'
import type { Step } from '@slipway/release/job/step'
import type { Installed } from '@slipway/release/verify/finding'
import { tryImage } from '@slipway/release/verify/image'
import { ENGINES, type Engine } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { builtOnce } from './built-once.ts'
import { endpointsIn } from './services.ts'
import { inScratchCopy, type SourceCopy } from './source-copy.ts'

/** Values of `--engine`: an engine, the first usable one, or no images. */
export const WANTED_ENGINES = ['auto', ...ENGINES, 'none'] as const
export type WantedEngine = (typeof WANTED_ENGINES)[number]

/** The engine that builds and runs a plan's images here, or the reason why no image is rehearsed. */
export type ImageRehearsal = { engine: Engine } | { reason: string }

/** Finds an engine and provides every base image, fetching those that the engine does not have. */
export async function imageRehearsal(
  ports: Ports,
  plan: Pick<Plan, 'images'>,
  wanted: WantedEngine,
): Promise<ImageRehearsal> {
  const builds = imageBuilds(plan)
  if (builds.length === 0) return { reason: 'the project has no Dockerfile with an image name' }
  if (wanted === 'none') return { reason: 'disabled by --engine none' }
  let engine: Engine
  try {
    engine = await findEngine(ports, wanted, [])
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    return { reason: cause.problems.map(({ message, hint }) => `${message} ${hint}`).join(' ') }
  }
  for (const base of new Set(builds.flatMap((each) => each.bases))) {
    const why = await engine.provide(base)
    if (why !== null) return { reason: `${engine.name} cannot get the base image ${base}: ${why}` }
  }
  return { engine }
}

/** What images are built from, in addition to the copy. */
export interface Sources {
  /** The other artifacts; the Dockerfile finds the distributions among them in `dist/`. */
  files: readonly Artifact[]
  /** Simple API of a package index that has the release, for images that install it. */
  index?: string
  step: Step
}

/** The images of a plan by the folder that keeps them: those built before anything is published, and those that install it. */
const KEPT = { images: earlyImages, 'late-images': lateImages }

/**
 * Returns images of a copy: those of an earlier run, or new ones that the engine builds and runs.
 * @throws ProblemError when an image cannot be built or does not work
 */
export async function imagesOf(
  engine: Engine,
  copy: SourceCopy,
  folder: keyof typeof KEPT,
  sources: Sources,
): Promise<Artifact[]> {
  const builds = KEPT[folder](copy.plan)
  if (builds.length === 0) return []
  return builtOnce(copy, folder, sources.step, (out) => buildAll(engine, copy, builds, { ...sources, out }))
}

async function buildAll(
  engine: Engine,
  copy: SourceCopy,
  builds: readonly ImageBuild[],
  { files, index, step, out }: Sources & { out: string },
): Promise<Artifact[]> {
  const { plan, epoch } = copy
  const images: Artifact[] = []
  for (const build of builds) {
    const image = await step(`build the image ${build.project} with ${engine.name}`, () =>
      inScratchCopy(copy, async (context) => {
        for (const { kind, filename, path } of files) {
          if (kind === 'wheel' || kind === 'sdist') await cp(path, join(context, 'dist', filename))
        }
        for (const { at, artifact } of copy.prebuilt) await cp(artifact.path, join(context, at))
        const layout = join(out, build.project)
        const options = { dir: context, layout, sourceDateEpoch: epoch, platforms: [], buildArgs: {}, labels: {} }
        return buildImage(engine, plan, build, { ...options, index })
      }),
    )
    await step(`run the image ${build.project}`, () => {
      return tryImage(engine, plan, { what: namesOf(build), image: { layout: image.path } })
    })
    images.push(image)
  }
  return images
}

/**
 * Pulls every image by its digest from each of its registries, and runs it.
 * @throws ProblemError at the first image that cannot be pulled or does not work
 */
export async function pullBack(
  engine: Engine,
  { plan, state, images }: { plan: Plan; state: string; images: readonly Artifact[] },
): Promise<Installed[]> {
  const installed: Installed[] = []
  for (const { project, names } of imageBuilds(plan)) {
    const image = images.find((each) => each.project === project)
    if (!image) continue
    for (const name of names) {
      const { registry, repository } = imageTarget(name, null, [], endpointsIn(state))
      const reference = `${new URL(registry).host}/${repository}@sha256:${image.sha256}`
      const why = await engine.provide(reference)
      if (why !== null) throw new ProblemError(notPulled(imageName(name), why))
      installed.push(...(await tryImage(engine, plan, { what: imageName(name), image: { reference } })))
      await engine.forget(reference)
    }
  }
  return installed
}

function notPulled(name: string, why: string) {
  return error(
    'verification-failed',
    `${name} was pushed but cannot be pulled: ${why}`,
    "Check the engine's message above for the cause.",
  )
}
