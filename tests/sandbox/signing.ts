import { createHash } from 'node:crypto'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import { type PyPIAttestation, pypiAttestation } from '@slipway/registries/signing/pypi-attestation'
import type { Signing } from '@slipway/registries/signing/sign'
import { claimsOf, idToken } from '@slipway/registries/trusted/id-token'
import type { Tested } from './harness.ts'

/** A file to attest. */
export interface Subject {
  filename: string
  sha256: string
}

/** Returns the subject of a generated distribution's attestation. */
export function subjectOf({ filename, bytes }: { filename: string; bytes: Uint8Array }): Subject {
  return { filename, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Returns the signing access of a sandbox's job, the tokens that it masked, and its claims. */
export async function signingJob(sandbox: Tested, claims: Record<string, string> = {}) {
  const token = await sandbox.steer.idRequestToken(claims)
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: sandbox.oidc.request, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }
  const log = { info() {}, debug() {}, problem() {} }
  const ports = { http: fetchHttp, clock: systemClock, env, log }
  const { fulcio, rekor } = sandbox.sigstore
  const masked: string[] = []
  const signing: Signing = { ports, service: { fulcio, rekor }, mask: (each) => masked.push(each) }
  return { signing, masked, claims: claimsOf(await idToken(ports, 'sigstore')) }
}

/** Returns a file's attestation by a job with these claims. */
export async function attestationOf(
  sandbox: Tested,
  artifact: Subject,
  claims: Record<string, string> = {},
): Promise<PyPIAttestation> {
  const job = await signingJob(sandbox, claims)
  return pypiAttestation({ artifact, claims: job.claims }, job.signing)
}
