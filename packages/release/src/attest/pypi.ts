import { ask, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Attester } from '@slipway/registries/pypi/publisher'
import { isAttestable, pypiAttestation } from '@slipway/registries/signing/pypi-attestation'
import { AUDIENCE, reachSigning, type Signing } from '@slipway/registries/signing/sign'
import { type Claims, claimsOf, idToken } from '@slipway/registries/trusted/id-token'
import { attestationsLeftOut, notOfPublisher, signingUnavailable } from './problems.ts'

/** Whether files are uploaded with attestations: `auto` where PyPI takes them and nothing private becomes public. */
export const ATTESTATIONS = ['auto', 'always', 'never'] as const

/** How files are attested. */
export interface PyPIAttesting {
  mode: (typeof ATTESTATIONS)[number]
  /** Whether the files go to PyPI or Test PyPI by trusted publishing: others are not known to take attestations. */
  isTrusted: boolean
  /** Hides a secret. */
  mask(secret: string): void
}

const WAY_ON = 'Run the job again later, or set `attestations: never` to publish without.'

/**
 * Makes what attests each file that is uploaded to a package index; undefined where none is to be. What it gives is null for
 * every file where `auto` finds that this job cannot attest, of which the log is told once.
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
        return [signingUnavailable(cause, 'What is uploaded', WAY_ON)]
      }
    },
    async attest(artifact) {
      try {
        const claims = await claimsHere()
        return claims && (await pypiAttestation({ artifact, claims }, signing))
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw new ProblemError(signingUnavailable(cause, artifact.filename, WAY_ON), cause)
      }
    },
  }
}

/** The claims of this job; null where it is not to attest. @throws ProblemError, RemoteError */
async function attestingClaims(
  { ports, mask }: Signing,
  { log }: Pick<Ports, 'log'>,
  mode: PyPIAttesting['mode'],
): Promise<Claims | null> {
  const claims = await jobClaims({ ports, mask })
  const { repository_visibility: visibility, job_workflow_ref = 'of an unknown name' } = claims
  if (mode === 'auto' && visibility !== 'public') {
    const why = `${claims.repository} is ${visibility ?? 'not known to be public'}, and signing puts its name into a public log`
    log.problem(attestationsLeftOut(why, 'Set `attestations: always` if the names may be public, or `never`.'))
    return null
  }
  if (isAttestable(claims)) return claims
  if (mode === 'always') throw new ProblemError(notOfPublisher(job_workflow_ref))
  const why = `this job runs in the reusable workflow ${job_workflow_ref}, which PyPI takes no attestations from`
  log.problem(attestationsLeftOut(why, "Publish in a job of the project's own workflow, or set `attestations: never`."))
  return null
}

/** The claims of the running job, asked for patiently. @throws RemoteError */
export function jobClaims({ ports, mask }: Pick<Signing, 'ports' | 'mask'>): Promise<Claims> {
  const once = async () => {
    const token = await idToken(ports, AUDIENCE)
    mask(token)
    return claimsOf(token)
  }
  return ask(once, { ...ports, patience: PUBLIC_PATIENCE })
}
