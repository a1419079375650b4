import { ask, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Attester } from '@slipway/registries/pypi/publisher'
import { isAttestable, pypiAttestation } from '@slipway/registries/signing/pypi-attestation'
import { AUDIENCE, reachSigning, type Signing } from '@slipway/registries/signing/sign'
import { type Claims, claimsOf, idToken } from '@slipway/registries/trusted/id-token'
import type { ATTESTATIONS } from '../job/choices.ts'
import { attestationsLeftOut, notOfPublisher, signingUnavailable } from './problems.ts'

/** Options of attesting uploads. */
export interface PyPIAttesting {
  mode: (typeof ATTESTATIONS)[number]
  /** Whether the upload goes to PyPI or Test PyPI by trusted publishing; other uploads may not accept attestations. */
  isTrusted: boolean
  /** Hides a secret. */
  mask(secret: string): void
}

const RETRY_HINT = 'Rerun the job later, or set `attestations: never` to publish without them.'

/**
 * Returns the attester of uploads to a package index; undefined to upload without attestations. If `auto` finds that
 * this job cannot attest, it returns null for every file, and logs that once.
 */
export function pypiAttester(ports: Ports, { mode, isTrusted, mask }: PyPIAttesting): Attester | undefined {
  if (mode === 'never' || (mode === 'auto' && !isTrusted)) return undefined
  const signing: Signing = { ports, service: endpointsOf(ports.env).signing.public, mask }
  let known: Promise<Claims | null> | null = null
  const claimsHere = () => {
    known ??= attestingClaims(signing, ports, mode)
    return known
  }
  return {
    async check() {
      try {
        if ((await claimsHere()) !== null) await reachSigning(signing)
        return []
      } catch (cause) {
        if (cause instanceof ProblemError) return [...cause.problems]
        if (!(cause instanceof RemoteError)) throw cause
        return [signingUnavailable(cause, 'the files', RETRY_HINT)]
      }
    },
    async attest(artifact) {
      try {
        const claims = await claimsHere()
        return claims && (await pypiAttestation({ artifact, claims }, signing))
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw new ProblemError(signingUnavailable(cause, artifact.filename, RETRY_HINT), cause)
      }
    },
  }
}

/** Returns the claims of this job; null if it must not attest. @throws ProblemError, RemoteError */
async function attestingClaims(
  { ports, mask }: Signing,
  { log }: Pick<Ports, 'log'>,
  mode: PyPIAttesting['mode'],
): Promise<Claims | null> {
  const claims = await jobClaims({ ports, mask })
  const { repository_visibility: visibility, job_workflow_ref = '(unknown)' } = claims
  if (mode === 'auto' && visibility !== 'public') {
    const why = `${claims.repository} is ${visibility ?? 'not known to be public'}, and signing would publish its name in a public log`
    log.problem(attestationsLeftOut(why, 'Set `attestations: always` if the name may be public, or `never`.'))
    return null
  }
  if (isAttestable(claims)) return claims
  if (mode === 'always') throw new ProblemError(notOfPublisher(job_workflow_ref))
  const why = `PyPI accepts none from the reusable workflow ${job_workflow_ref}, where this job runs`
  log.problem(attestationsLeftOut(why, "Publish in a job of the project's own workflow, or set `attestations: never`."))
  return null
}

/** Requests the claims of the running job, with retries. @throws RemoteError */
export function jobClaims({ ports, mask }: Pick<Signing, 'ports' | 'mask'>): Promise<Claims> {
  const once = async () => {
    const token = await idToken(ports, AUDIENCE)
    mask(token)
    return claimsOf(token)
  }
  return ask(once, { ...ports, patience: PUBLIC_PATIENCE })
}
