import type { Finished, Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { findBuildah } from './buildah.ts'
import { findBuildx } from './buildx.ts'
import { findDocker } from './docker.ts'

/** What builds images, the best first. */
export const ENGINES = ['buildx', 'docker', 'buildah'] as const
export type EngineName = (typeof ENGINES)[number]

/** What an image is made of. */
export interface BuildImageOptions {
  /** Folder that the Dockerfile copies from, absolute. */
  context: string
  /** The Dockerfile, absolute. */
  file: string
  /** Stage to build; the last one when left out. */
  target?: string
  buildArgs: Record<string, string>
  labels: Record<string, string>
  /** Of the manifests. */
  annotations?: Record<string, string>
  /** `linux/amd64`; empty for this machine's. */
  platforms: readonly string[]
  /** Seconds; what the engine can, it dates so. */
  sourceDateEpoch: number
  /** Folder of the layout, absolute; made here, in place of a layout that is there. */
  out: string
}

/** An image to run: the folder of a layout, or a reference that a registry or the engine's store knows. */
export type RunnableImage = { layout: string } | { reference: string }

/** What builds and runs images on this machine. */
export interface Engine {
  readonly name: EngineName
  readonly version: string
  /**
   * Builds an image into a layout. What the engine keeps besides is its cache, to which docker's old builder counts the
   * steps before one that fails.
   * @throws ProblemError `image-build-failed` with the last lines of its output
   */
  build(options: BuildImageOptions): Promise<void>
  /** Gets an image into the engine's store unless it is there: null, or why it cannot be had, in one line. */
  provide(reference: string): Promise<string | null>
  /**
   * Runs a command in an image, in place of its entrypoint; nothing is left behind that was not there.
   * @throws ProblemError when the image cannot be had or put where it can be run
   */
  run(image: RunnableImage, argv: readonly [string, ...string[]]): Promise<Finished>
  /** Removes an image that `provide` got. */
  forget(reference: string): Promise<void>
}

/** Looks for one engine: gives it, or the problem why there is none (`no-engine`) or why it is of no use (`engine-unusable`). */
export type FindEngine = (ports: Ports, platforms: readonly string[]) => Promise<Engine | Problem>

const FINDERS: Record<EngineName, FindEngine> = { buildx: findBuildx, docker: findDocker, buildah: findBuildah }

/**
 * The engine that was asked for; with `auto` the first of buildx, docker and buildah that can build for the platforms
 * into a layout.
 * @throws ProblemError `no-engine` where there is none, `engine-unusable` where there is one that cannot
 */
export async function findEngine(
  ports: Ports,
  wanted: EngineName | 'auto',
  platforms: readonly string[],
): Promise<Engine> {
  const problems: Problem[] = []
  for (const name of wanted === 'auto' ? ENGINES : [wanted]) {
    const found = await FINDERS[name](ports, platforms)
    if ('build' in found) {
      ports.log.debug(`Images are built by ${found.name} ${found.version}.`)
      return found
    }
    problems.push(found)
  }
  // What is there and does not work is nearer to working than what is not there.
  const problem = problems.find((each) => each.code === 'engine-unusable') ?? (wanted === 'auto' ? NONE : problems[0])
  throw new ProblemError(problem as Problem)
}

const NONE = error(
  'no-engine',
  'Neither docker (with or without buildx) nor buildah is on PATH, so no image can be built.',
  'Install Docker (on a runner of your own: docker/setup-docker-action), or buildah, or leave the image out.',
)
