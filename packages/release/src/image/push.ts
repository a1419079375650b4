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
import { buildUpload, carriedPlan, handOver, type Upload } from '../handover.ts'
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
import { heldImage } from './held.ts'

/** How far an image goes: built and tested, pushed by its digest, or pushed with its tags. */
export const PUSHES = ['true', 'false', 'digest'] as const

/** Which image is built how, and where it goes. */
export interface PushImageOptions extends JobOptions, ImageChoice {
  /** Whether later jobs are handed an image that is not pushed. */
  upload: Upload
  /** `KEY=VALUE` each. */
  buildArgs: readonly string[]
  /** `KEY=VALUE` each, on top of the standard ones. */
  labels: readonly string[]
  platforms: readonly string[]
  engine: EngineName | 'auto'
  /** Run by the image's shell before anything is pushed. */
  testCommand?: string | undefined
  /** Templates of tags besides the version's own. */
  tags: readonly string[]
  /** Folder of the layout, absolute: taken from there when it holds one, else built there. Without it, one in the manifest's folder. */
  layout?: string | undefined
  push: (typeof PUSHES)[number]
}

/** With the layout's folder, and whether an image that it holds may be kept: one that nobody chose may have failed its test. */
type Placed = PushImageOptions & { layout: string; mayKeep: boolean }

/** What was built, and done with it. */
export interface PushedImage {
  /** `sha256:<hex>` */
  digest: string
  /** Bytes of all blobs. */
  size: number
  /** Every name with the digest: what a deployment should name. */
  references: string[]
  /** Whether a registry had it from this commit, so that nothing was built. */
  isHeld: boolean
}

/** A job that pushes an image, and what came of it: null where there is none to push. */
export interface PushImageJob extends Job {
  image(): PushedImage | null
}

const STEPS: Record<PushImageOptions['push'], readonly StepName[]> = {
  false: ['plan', 'build', 'assemble'],
  digest: ['plan', 'build', 'assemble', 'preflight', 'images'],
  true: ['plan', 'build', 'assemble', 'preflight', 'images', 'tags'],
}

/**
 * Builds an image once, tests it, pushes it to all of its repositories by its digest, then moves its tags. An image of
 * this version and commit that one of them has already is taken from there and not built again.
 */
export function pushImage(ports: Ports, options: PushImageOptions): PushImageJob {
  let build: ImageBuild | null = null
  let built: Artifact | null = null
  let isHeld = false
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
        // A tag that cannot be is reported before anything is built.
        imageTags(plan.version, options.tags)
        build = choose(plan, options)
        run.plan = build ? { ...plan, images: imagesOf(build) } : plan
      },
      async build(run) {
        if (options.push === 'false') await receiveBuilds(ports, run.plan, options)
        if (build) ({ built, isHeld } = await imageOf(ports, run.plan, build, { ...options, login }))
      },
      async assemble(run) {
        if (built === null) return
        if (options.push === 'false') await note(ports, run.plan, built, options)
        else run.artifacts = await wholeRelease(ports, run.plan, options, [built])
      },
    },
  })
  const image = () => {
    if (!build || !built) return null
    const digest = `sha256:${built.sha256}`
    return { digest, size: built.size, references: build.names.map((each) => `${imageName(each)}@${digest}`), isHeld }
  }
  return { ...job, image }
}

/** The image to build: the plan's unless it is named otherwise; null for none. */
function choose(plan: Plan, options: PushImageOptions): ImageBuild | null {
  const [only] = options.images
  if (only === NO_IMAGES) return null
  return chooseImage(plan, only === AUTO_IMAGES ? { ...options, images: [] } : options)
}

/** Lists an image in the manifest, so that later steps and jobs know it, where its layout lies beside the other files. */
async function note(ports: Ports, plan: Plan, image: Artifact, options: PushImageOptions): Promise<void> {
  const folder = dirname(options.manifest)
  if (relative(folder, image.path).startsWith('..')) return
  await addToManifest(folder, manifestOf(plan, [image]))
  // Other jobs have handed over the other files.
  const own = dirname(image.path)
  if (own !== folder) await writeManifest(own, manifestOf(plan, [image]))
  await handOver(ports, options, buildUpload('image', image.project), own)
}

/** Brings what other jobs of the run built where a Dockerfile copies it from, unless something was built here. */
async function receiveBuilds(ports: Ports, plan: Plan, { manifest, store = null }: PushImageOptions): Promise<void> {
  const out = dirname(manifest)
  if (store === null || (await readManifest(out))) return
  const builds = await collectBuilds(ports, plan, { store, out, kinds: ['wheel', 'sdist'] })
  if (builds.length > 0) await addToManifest(out, manifestOf(plan, builds))
}

/** The repositories that an image goes to, each with its login where there is one. */
function targetsOf(ports: Ports, { names, bases }: ImageBuild, login: Login): Promise<OciTarget[]> {
  const parents = bases.map(parseImage).filter((each) => each !== null)
  const endpoints = endpointsOf(ports.env)
  return Promise.all(
    names.map(async (name) => imageTarget(name, await login(name.registry), [...parents, ...names], endpoints)),
  )
}

/** The image of the manifest, of a registry that has it, of the layout's folder, or a new one. */
async function imageOf(
  ports: Ports,
  plan: Plan,
  build: ImageBuild,
  options: PushImageOptions & { login: Login },
): Promise<{ built: Artifact; isHeld: boolean }> {
  const listed = (await manifestArtifacts(plan, options.manifest))?.find(
    (each) => each.kind === 'image' && each.project === build.project,
  )
  const chosen = options.layout ?? listed?.path
  // What is fetched from a registry must not get between the files that the manifest lists.
  const folder = options.layout ?? (await newLayout(ports, build, options))
  const layout = chosen ?? folder
  const targets = await targetsOf(ports, build, options.login)
  if (options.push !== 'false') {
    // Before the build, which takes minutes.
    failOnErrors((await Promise.all(targets.map((each) => new OciPublisher(ports, each).verify()))).flat())
  }
  // In an assembled release, what it lists is what goes out: nothing is built in a job that publishes.
  if (await carriedPlan(options.manifest)) {
    if (!listed) throw new ProblemError(notAssembled(build))
    return { built: await keptImage(ports, plan, build, listed.path), isHeld: false }
  }
  const effort = { ...ports, patience: PUBLIC_PATIENCE }
  const search = { plan, build, targets, folder, fetch: options.push === 'false' }
  const held = await heldImage(ports, search, effort)
  if (held) return { built: held, isHeld: true }
  const built = await builtImage(ports, plan, build, { ...options, layout, mayKeep: chosen !== undefined })
  return { built, isHeld: false }
}

function notAssembled(build: ImageBuild): Problem {
  const message = `The assembled release has no image ${build.project}, so there is nothing to push to ${namesOf(build)}.`
  return error(
    'part-missing',
    message,
    'Give push-image and assemble the same `images`, and build the image before it is assembled.',
  )
}

/** Where a new layout goes when nobody says: beside the other built files where later steps are to find it. */
async function newLayout(ports: Ports, { project }: ImageBuild, { manifest, push }: PushImageOptions): Promise<string> {
  if (push === 'false') return join(dirname(manifest), 'images', project)
  return join(await scratchFolder(ports, 'image'), 'layout')
}

/** The image that the layout's folder holds, where that was chosen, else a new one there; tested either way. */
async function builtImage(ports: Ports, plan: Plan, build: ImageBuild, options: Placed): Promise<Artifact> {
  const { layout, mayKeep, platforms, testCommand } = options
  const engine = await findEngine(ports, options.engine, platforms)
  const isThere = mayKeep && (await readdir(layout).catch(() => [])).length > 0
  const artifact = isThere
    ? await keptImage(ports, plan, build, layout)
    : await newImage(ports, engine, plan, build, options)
  await tryImage(engine, plan, { what: namesOf(build), image: { layout } })
  if (testCommand !== undefined) await runTestCommand(engine, { layout }, testCommand)
  return artifact
}

async function keptImage({ log }: Ports, plan: Plan, { project }: ImageBuild, layout: string): Promise<Artifact> {
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
  { dir, layout, platforms, buildArgs, labels }: Placed,
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

/** Lines `KEY=VALUE` as a record. */
function pairs(what: string, lines: readonly string[]): Record<string, string> {
  const bad = lines.filter((each) => !/^[^=\s]+=/.test(each))
  if (bad.length > 0) {
    const message = `${bad.map((each) => JSON.stringify(each.replace(/=.*/s, ''))).join(', ')} in ${what} has no value.`
    throw new ProblemError(error('pair-invalid', message, 'Write one KEY=VALUE a line.'))
  }
  return Object.fromEntries(lines.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]))
}

function otherCommit(layout: string, revision: string, { commit }: Plan): Problem {
  return error(
    'image-of-other-commit',
    `${layout} holds an image of commit ${revision.slice(0, 12)}, but ${commit?.slice(0, 12) ?? 'no commit'} is released.`,
    'Remove the folder, or let it be built for this commit.',
  )
}
