import { error, notice, type Problem } from '@slipway/core/problem'
import type { RemoteError } from '@slipway/core/publisher'

/** Nothing could be signed. */
export function signingUnavailable({ message }: RemoteError, filename: string, hint: string): Problem {
  return error('signing-unavailable', `${filename} cannot be signed: ${message}.`, hint)
}

/** Files go without attestations, for a reason that stops nothing. */
export function attestationsLeftOut(why: string, hint: string): Problem {
  return notice('attestations-left-out', `Nothing is attested: ${why}.`, hint)
}

/** The certificate of this job would not be that of the publisher. */
export function notOfPublisher(workflow: string): Problem {
  return error(
    'attestation-not-of-publisher',
    `This job runs in the reusable workflow ${workflow}, but its certificate names the workflow that was started, so PyPI would refuse its attestations.`,
    "Publish in a job of the project's own workflow, or set `attestations: never`.",
  )
}
