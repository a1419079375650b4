import type { Finished } from '@slipway/core/ports'

/** The engines that build images, in order of preference. */
export const ENGINES = ['buildx', 'docker', 'buildah'] as const
export type EngineName = (typeof ENGINES)[number]

/** Options of `Engine.build`. */
export interface BuildImageOptions {
  /** Build context, absolute. */
  context: string
  /** The Dockerfile, absolute. */
  file: string
  /** Stage to build; by default the last. */
  target?: string
  buildArgs: Record<string, string>
  labels: Record<string, string>
  /** Annotations of the manifests. */
  annotations?: Record<string, string>
  /** `linux/amd64`; empty for this machine's. */
  platforms: readonly string[]
  /** Seconds since the epoch: the time of image and files, as far as the engine can set it. */
  sourceDateEpoch: number
  /** Whether the build's commands reach services of this machine on its loopback address; by default they need not. */
  hostNetwork?: boolean
  /** Folder of the layout, absolute; created, or replaced if it holds a layout. */
  out: string
}

/** An image to run: the folder of a layout, or a reference in a registry or the engine's store. */
export type RunnableImage = { layout: string } | { reference: string }

/** A program that builds and runs images on this machine. */
export interface Engine {
  readonly name: EngineName
  readonly version: string
  /**
   * Builds an image into a layout. The engine keeps only its cache, where docker's old builder also puts the steps before
   * a failed one.
   * @throws ProblemError `image-build-failed` with the last lines of its output
   */
  build(options: BuildImageOptions): Promise<void>
  /** Pulls an image unless the engine's store has it. Returns null, or the reason for a failure in one line. */
  provide(reference: string): Promise<string | null>
  /**
   * Runs a command in an image, in place of its entrypoint, and removes everything that it added.
   * @throws ProblemError when the image cannot be pulled or loaded
   */
  run(image: RunnableImage, argv: readonly [string, ...string[]]): Promise<Finished>
  /** Removes an image that `provide` pulled. */
  forget(reference: string): Promise<void>
}
