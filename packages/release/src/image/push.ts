import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeImage, imageConfigs, readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import type { Plan } from '@slipway/core/plan'
import { movePointer } from '@slipway/core/pointer'
import type { Ports } from '@slipway/core/ports'
import { preflight } from '@slipway/core/preflight'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import type { Receipt } from '@slipway/core/publisher'
import { OciPublisher } from '@slipway/registries/oci/publisher'
import { imageTags } from '@slipway/registries/oci/tags'
import { type Engine, type EngineName, findEngine } from '@slipway/toolchain/engine/engine'
import { jobEffort } from '../dispatch.ts'
import { planRelease } from '../plan.ts'
import { sourceDateEpoch } from '../source-date.ts'
import { runTestCommand, tryImage } from '../verify/image.ts'
import { buildImage, type ImageBuild, imageTargets, type Login, namesOf, REVISION_LABEL } from './builds.ts'
import { chooseImage, type ImageChoice } from './choose.ts'
import { heldImage } from './held.ts'
import { imagePointers } from './pointers.ts'

/** Which image is built how, and where it goes. */
export interface PushImageOptions extends ImageChoice {
  /** The project, absolute. */
  dir: string
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
  /** The release's tag in git; without it, the one that the version makes. */
  tag?: string | undefined
  /** Folder of the layout, absolute: taken from there when it holds one, else built there; a new one when left out. */
  layout?: string | undefined
  /** Whether to push what was built and tested. */
  push: boolean
  login: Login
}

type Placed = PushImageOptions & { layout: string }

/** What was built, and done with it. */
export interface PushedImage {
  /** `sha256:<hex>` */
  digest: string
  /** Every name with the digest: what a deployment should name. */
  references: string[]
  receipts: Receipt[]
}

/**
 * Builds an image once, tests it, pushes it to all of its repositories by its digest, then moves its tags. An image of
 * this version and commit that one of them has already is taken from there and not built again.
 * @throws ProblemError
 */
export async function pushImage(ports: Ports, options: PushImageOptions): Promise<PushedImage> {
  const plan = await planRelease(ports, options.dir, { tag: options.tag })
  failOnErrors(plan.problems)
  const build = chooseImage(plan, options)
  const layout =
    options.layout ?? join(await mkdtemp(join(ports.env.RUNNER_TEMP ?? tmpdir(), 'slipway-image-')), 'layout')
  const tags = imageTags(plan.version, options.tags)
  const targets = options.push ? await imageTargets(build, options.login) : []
  const publishers = targets.map((to) => new OciPublisher(ports, to))
  // Before the build, which takes minutes.
  failOnErrors((await Promise.all(publishers.map((each) => each.verify()))).flat())
  const effort = jobEffort(ports)
  const held = await heldImage(ports, { plan, build, targets, folder: layout }, effort)
  const artifact = held ?? (await builtImage(ports, plan, build, { ...options, layout }))
  const images = publishers.map((publisher) => ({ publisher, artifacts: [artifact] }))
  await preflight(images, effort)
  const receipts: Receipt[] = []
  for (const image of images) receipts.push(...(await publishOnce(image, effort)))
  for (const pointer of imagePointers(images, tags)) receipts.push(await movePointer(pointer, effort))
  const digest = `sha256:${artifact.sha256}`
  return { digest, references: build.names.map((each) => `${imageName(each)}@${digest}`), receipts }
}

/** The image that the layout's folder holds, else a new one there; tested either way. */
async function builtImage(ports: Ports, plan: Plan, build: ImageBuild, options: Placed): Promise<Artifact> {
  const { layout, platforms, testCommand } = options
  const engine = await findEngine(ports, options.engine, platforms)
  const isThere = (await readdir(layout).catch(() => [])).length > 0
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
