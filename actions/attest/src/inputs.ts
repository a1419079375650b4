import { text } from '@slipway/runtime/inputs'
import { jobInputs } from '@slipway/runtime/release-inputs'

const { tag, manifest, 'manifest-sha256': sha256 } = jobInputs

/** Inputs of attest. It needs no project, because the assembled release contains its plan. */
export const spec = { tag, manifest, 'manifest-sha256': sha256, 'github-token': text({ secret: true }) }
