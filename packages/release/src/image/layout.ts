import { mkdir, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { REVISION_LABEL } from '@slipway/artifacts/oci/labels'
import { describeImage, imageConfigs, readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type ImageBuild, namesOf } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { sandboxOf } from '@slipway/core/sandbox'
import type { Engine } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { sourceDateEpoch } from '../build/source-date.ts'
import { copyTo } from '../handover/builds.ts'
import { manifestArtifacts } from '../job/artifacts.ts'
import { runTestCommand, tryImage } from '../verify/image.ts'
import { buildImage } from './build.ts'
import type { PushImageOptions } from './options.ts'

/**
 * The layout's folder, and whether to reuse an image in it: only in a folder that the user chose, else it may have
 * failed its test.
 */
type Placement = PushImageOptions & { layout: string; mayReuse: boolean }

/** Reuses the image in a chosen layout folder, else builds a new one; tests it either way. */
export async function builtImage(ports: Ports, plan: Plan, build: ImageBuild, options: Placement): Promise<Artifact> {
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

/** Returns the image in a layout, after checking its commit and content. @throws ProblemError */
export async function existingImage(
  { log }: Ports,
  plan: Plan,
  { project }: ImageBuild,
  layout: string,
): Promise<Artifact> {
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
  { dir, manifest, layout, platforms, buildArgs, labels }: Placement,
): Promise<Artifact> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = ports.env
  await provideDistributions(plan, dir, manifest)
  return buildImage(engine, plan, build, {
    dir,
    layout,
    platforms,
    sourceDateEpoch: await sourceDateEpoch(ports, dir),
    buildArgs: pairs('build-args', buildArgs),
    labels: pairs('labels', labels),
    source: GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined,
    index: build.after === undefined ? undefined : sandboxOf(ports.env)?.pypi.simple,
  })
}

/**
 * Copies the wheels and sdists of the release to where the project's Dockerfile copies them from: the folder of the
 * manifest's name in the project, which is another one if the project is not at the top of the workspace.
 */
async function provideDistributions(plan: Plan, dir: string, manifest: string): Promise<void> {
  const folder = join(dir, basename(dirname(manifest)))
  const built = (await manifestArtifacts(plan, manifest)) ?? []
  const distributions = built.filter(({ kind }) => kind === 'wheel' || kind === 'sdist')
  if (distributions.length === 0) return
  await mkdir(folder, { recursive: true })
  for (const each of distributions) await copyTo(each, folder)
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
