import { error, notice, type Problem } from '@slipway/core/problem'
import type { RemoteError } from '@slipway/core/publisher'

/** Returns the problem of a failed signature. */
export function signingUnavailable({ message }: RemoteError, filename: string, hint: string): Problem {
  return error('signing-unavailable', `Slipway could not sign ${filename}: ${message}.`, hint)
}

/** Returns the notice about omitted attestations, which do not stop a release. */
export function attestationsLeftOut(why: string, hint: string): Problem {
  return notice('attestations-left-out', `No attestations: ${why}.`, hint)
}

/** Returns the problem of a certificate that does not name the publisher. */
export function notOfPublisher(workflow: string): Problem {
  return error(
    'attestation-not-of-publisher',
    `PyPI would refuse attestations of this job: it runs in the reusable workflow ${workflow}, but its certificate names the calling workflow.`,
    "Publish in a job of the project's own workflow, or set `attestations: never`.",
  )
}
