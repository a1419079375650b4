import { DEFAULT_TAGS } from '@slipway/registries/oci/default-tags'
import { PUSHES, UPLOADS } from '@slipway/release/job/choices'
import { choice, flag, lines, list, text } from '@slipway/runtime/inputs'
import { jobInputs } from '@slipway/runtime/release-inputs'
import { ENGINES } from '@slipway/toolchain/engine/engine'

/** Inputs of push-image. */
export const spec = {
  ...jobInputs,
  images: list(),
  file: text(),
  context: text(),
  target: text(),
  'build-args': lines(),
  labels: lines(),
  platforms: list(),
  tags: list({ default: DEFAULT_TAGS.join(',') }),
  engine: choice(['auto', ...ENGINES], { default: 'auto' }),
  'test-command': text(),
  layout: text(),
  'prebuilt-artifacts': lines(),
  upload: choice(UPLOADS, { default: 'auto' }),
  digest: text(),
  push: choice(PUSHES, { default: 'true' }),
  'dockerhub-username': text(),
  'dockerhub-token': text({ secret: true }),
  'github-token': text({ secret: true }),
  'test-pypi': flag({ default: false }),
}
