import type { EngineName } from '@slipway/toolchain/engine/engine'
import type { PrebuiltDownload } from '../handover/prebuilt.ts'
import type { PUSHES, Upload } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import type { ImageChoice } from './choose.ts'

/** Options of building and pushing an image. */
export interface PushImageOptions extends JobOptions, ImageChoice, PrebuiltDownload {
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
  /**
   * Folder of the layout, absolute: reused if it exists, else the image is built there. Default: one in the manifest's
   * folder.
   */
  layout?: string | undefined
  push: (typeof PUSHES)[number]
  /** Digest of the image that this job or an earlier one of the run has built; default: the assembled release's. */
  digest?: string | undefined
}
