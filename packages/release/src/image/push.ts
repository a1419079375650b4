import { readdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { addToManifest, readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { describeImage, imageConfigs, readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { imageName, parseImage } from '@slipway/core/image'
import { type ImageBuild, namesOf } from '@slipway/core/image-build'
import { PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Login } from '@slipway/registries/oci/job-login'
import { OciPublisher, type OciTarget } from '@slipway/registries/oci/publisher'
import { imageTags } from '@slipway/registries/oci/tags'
import { imageTarget } from '@slipway/registries/oci/target'
import type { Engine, EngineName } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { collectBuilds } from '../builds.ts'
import { assembledPlan, buildUpload, handOver, type Upload } from '../handover.ts'
import {
  type Job,
  type JobOptions,
  loginOf,
  manifestArtifacts,
  planOfJob,
  scratchFolder,
  startJob,
  wholeRelease,
} from '../job.ts'
import type { StepName } from '../pipeline/run.ts'
import { sourceDateEpoch } from '../source-date.ts'
import { runTestCommand, tryImage } from '../verify/image.ts'
import { buildImage, REVISION_LABEL } from './build.ts'
import { AUTO_IMAGES, chooseImage, type ImageChoice, imagesOf, NO_IMAGES } from './choose.ts'
import { publishedImage } from './held.ts'

/** What to do with a built image: push it with its tags, not at all, or by its digest only. */
export const PUSHES = ['true', 'false', 'digest'] as const

/** Options of building and pushing an image. */
export interface PushImageOptions extends JobOptions, ImageChoice {
  /** Whether to upload an image that is not pushed, for later jobs. */
  upload: Upload
  /** `KEY=VALUE` each. */
  buildArgs: readonly string[]
  /** `KEY=VALUE` each, in addition to the standard labels. */
  labels: readonly string[]
  platforms: readonly string[]
  engine: EngineName | 'auto'
  /** Command for the image's shell, run before anything is pushed. */
  testCommand?: string | undefined
  /** Templates of tags, in addition to the version tag. */
  tags: readonly string[]
  /** Folder of the layout, absolute: reused if it exists, else the image is built there. Default: one in the manifest's folder. */
  layout?: string | undefined
  push: (typeof PUSHES)[number]
}

/** The layout's folder, and whether to reuse an image in it: only in a folder that the user chose, else it may have failed its test. */
type Placement = PushImageOptions & { layout: string; mayReuse: boolean }

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
}

const STEPS: Record<PushImageOptions['push'], readonly StepName[]> = {
  false: ['plan', 'build', 'assemble'],
  digest: ['plan', 'build', 'assemble', 'preflight', 'images'],
  true: ['plan', 'build', 'assemble', 'preflight', 'images', 'tags'],
}

/**
 * Builds an image once, tests it, pushes it to all of its repositories by its digest, then moves its tags. Reuses the
 * image of this version and commit from a repository that already has it.
 */
export function pushImage(ports: Ports, options: PushImageOptions): PushImageJob {
  let build: ImageBuild | null = null
  let built: Artifact | null = null
  let isPublished = false
  const login = loginOf(ports, options)
  const job = startJob(ports, options, {
    steps: STEPS[options.push],
    own: ['images'],
    imageTags: options.tags,
    login,
    site: {
      async plan(run) {
        const plan = await planOfJob(ports, options)
        failOnErrors(plan.problems)
        // Reports an invalid tag before anything is built.
        imageTags(plan.version, options.tags)
        build = choose(plan, options)
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
  return { ...job, image }
}

/** Returns the image to build, from the options or the plan; null for none. */
function choose(plan: Plan, options: PushImageOptions): ImageBuild | null {
  const [only] = options.images
  if (only === NO_IMAGES) return null
  return chooseImage(plan, only === AUTO_IMAGES ? { ...options, images: [] } : options)
}

/** Adds an image to the manifest for later steps and jobs, if its layout is beside the other files. */
async function addImage(ports: Ports, plan: Plan, image: Artifact, options: PushImageOptions): Promise<void> {
  const folder = dirname(options.manifest)
  if (relative(folder, image.path).startsWith('..')) return
  await addToManifest(folder, manifestOf(plan, [image]))
  // Other jobs upload the other files.
  const own = dirname(image.path)
  if (own !== folder) await writeManifest(own, manifestOf(plan, [image]))
  await handOver(ports, options, buildUpload('image', image.project), own)
}

/** Downloads the distributions that other jobs built to where a Dockerfile copies them from, unless this job built some. */
async function receiveBuilds(ports: Ports, plan: Plan, { manifest, store = null }: PushImageOptions): Promise<void> {
  const out = dirname(manifest)
  if (store === null || (await readManifest(out))) return
  const builds = await collectBuilds(ports, plan, { store, out, kinds: ['wheel', 'sdist'] })
  if (builds.length > 0) await addToManifest(out, manifestOf(plan, builds))
}

/** Returns the repositories of an image, with their logins. */
function targetsOf(ports: Ports, { names, bases }: ImageBuild, login: Login): Promise<OciTarget[]> {
  const parents = bases.map(parseImage).filter((each) => each !== null)
  const endpoints = endpointsOf(ports.env)
  return Promise.all(
    names.map(async (name) => imageTarget(name, await login(name.registry), [...parents, ...names], endpoints)),
  )
}

/** Returns the image from the manifest, a registry, the layout's folder, or a new build. */
async function imageOf(
  ports: Ports,
  plan: Plan,
  build: ImageBuild,
  options: PushImageOptions & { login: Login },
): Promise<{ built: Artifact; isPublished: boolean }> {
  const listed = (await manifestArtifacts(plan, options.manifest))?.find(
    (each) => each.kind === 'image' && each.project === build.project,
  )
  const chosen = options.layout ?? listed?.path
  // A fetched image must not mix with the files that the manifest lists.
  const folder = options.layout ?? (await newLayout(ports, build, options))
  const layout = chosen ?? folder
  const targets = await targetsOf(ports, build, options.login)
  if (options.push !== 'false') {
    // Check the logins before the build, which takes minutes.
    failOnErrors((await Promise.all(targets.map((each) => new OciPublisher(ports, each).verify()))).flat())
  }
  // A job that publishes an assembled release pushes its image and builds nothing.
  if (await assembledPlan(options.manifest)) {
    if (!listed) throw new ProblemError(notAssembled(build))
    return { built: await existingImage(ports, plan, build, listed.path), isPublished: false }
  }
  const effort = { ...ports, patience: PUBLIC_PATIENCE }
  const search = { plan, build, targets, folder, fetch: options.push === 'false' }
  const published = await publishedImage(ports, search, effort)
  if (published) return { built: published, isPublished: true }
  const built = await builtImage(ports, plan, build, { ...options, layout, mayReuse: chosen !== undefined })
  return { built, isPublished: false }
}

function notAssembled(build: ImageBuild): Problem {
  const message = `The assembled release has no image ${build.project}, so there is nothing to push to ${namesOf(build)}.`
  return error(
    'part-missing',
    message,
    'Set the same `images` for push-image and assemble, and build the image before assembling.',
  )
}

/** Returns the default folder of a new layout: beside the other built files if later steps need it. */
async function newLayout(ports: Ports, { project }: ImageBuild, { manifest, push }: PushImageOptions): Promise<string> {
  if (push === 'false') return join(dirname(manifest), 'images', project)
  return join(await scratchFolder(ports, 'image'), 'layout')
}

/** Reuses the image in a chosen layout folder, else builds a new one; tests it either way. */
async function builtImage(ports: Ports, plan: Plan, build: ImageBuild, options: Placement): Promise<Artifact> {
  const { layout, mayReuse, platforms, testCommand } = options
  const engine = await findEngine(ports, options.engine, platforms)
  const exists = mayReuse && (await readdir(layout).catch(() => [])).length > 0
  const artifact = exists
    ? await existingImage(ports, plan, build, layout)
    : await newImage(ports, engine, plan, build, options)
  await tryImage(engine, plan, { what: namesOf(build), image: { layout } })
  if (testCommand !== undefined) await runTestCommand(engine, { layout }, testCommand)
  return artifact
}

async function existingImage({ log }: Ports, plan: Plan, { project }: ImageBuild, layout: string): Promise<Artifact> {
  const [config] = await imageConfigs(await readLayout(layout))
  const revision = config?.labels[REVISION_LABEL]
  if (revision !== undefined && revision !== plan.commit) throw new ProblemError(otherCommit(layout, revision, plan))
  failOnErrors(await verifyLayout(layout), log)
  return describeImage(project, plan.version, layout)
}

async function newImage(
  ports: Ports,
  engine: Engine,
  plan: Plan,
  build: ImageBuild,
  { dir, layout, platforms, buildArgs, labels }: Placement,
): Promise<Artifact> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = ports.env
  return buildImage(engine, plan, build, {
    dir,
    layout,
    platforms,
    sourceDateEpoch: await sourceDateEpoch(ports, dir),
    buildArgs: pairs('build-args', buildArgs),
    labels: pairs('labels', labels),
    source: GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined,
  })
}

/** Parses lines of `KEY=VALUE`. */
function pairs(what: string, lines: readonly string[]): Record<string, string> {
  const bad = lines.filter((each) => !/^[^=\s]+=/.test(each))
  if (bad.length > 0) {
    const message = `${bad.map((each) => JSON.stringify(each.replace(/=.*/s, ''))).join(', ')} in ${what} has no value.`
    throw new ProblemError(error('pair-invalid', message, 'Write one KEY=VALUE per line.'))
  }
  return Object.fromEntries(lines.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]))
}

function otherCommit(layout: string, revision: string, { commit }: Plan): Problem {
  return error(
    'image-of-other-commit',
    `${layout} contains an image of commit ${revision.slice(0, 12)}, but this release is of ${commit?.slice(0, 12) ?? 'no commit'}.`,
    'Delete the folder, or rebuild the image from this commit.',
  )
}
