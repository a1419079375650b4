import type { Artifact } from '@slipway/core/artifact'
import { RemoteError } from '@slipway/core/publisher'
import { workflowIn } from '../trusted/form.ts'
import type { Claims } from '../trusted/id-token.ts'
import { certificateIn, certifiedBy, type SignerIdentity } from './certificate.ts'
import { type Bundle, type Signing, signStatement } from './sign.ts'
import { PYPI_PUBLISH, statementIn, statementOf } from './statement.ts'

/** An attestation in PyPI's format (PEP 740, "Attestation objects"). */
export interface PyPIAttestation {
  version: 1
  verification_material: { certificate: string; transparency_entries: object[] }
  envelope: { statement: string; signature: string }
}

/** The file and the publisher that PyPI compares an attestation with. */
export interface Expected {
  artifact: Pick<Artifact, 'filename' | 'sha256'>
  claims: Claims
}

/**
 * Signs that this job publishes a file (PyPI, publish/v1): the subject is the file by name and digest, the predicate is
 * empty. Runs PyPI's own comparisons before returning it.
 * @throws RemoteError
 */
export async function pypiAttestation({ artifact, claims }: Expected, signing: Signing): Promise<PyPIAttestation> {
  const statement = statementOf(artifact, { type: PYPI_PUBLISH, predicate: null })
  const made = pypiForm(await signStatement(statement, signing))
  const fault = await attestationFault(made, { artifact, claims })
  if (fault !== null) throw new RemoteError('refused', `PyPI would refuse the signature: ${fault}`)
  return made
}

/**
 * Converts a bundle to PyPI's format (pypi-attestations, `Attestation.from_bundle`). @throws RemoteError for a missing
 * part
 */
export function pypiForm(bundle: Bundle): PyPIAttestation {
  const certificate = certificateIn(bundle)
  const { dsseEnvelope: envelope, verificationMaterial } = bundle
  // The JSON form omits empty lists.
  const { tlogEntries: entries = [] } = verificationMaterial
  const [signature, ...more] = envelope?.signatures ?? []
  if (certificate === null || !envelope || !signature || more.length > 0 || entries.length === 0) {
    throw new RemoteError('refused', 'the signature has no certificate, or no log entry')
  }
  return {
    version: 1,
    verification_material: { certificate, transparency_entries: entries },
    envelope: { statement: envelope.payload, signature: signature.sig },
  }
}

/**
 * Returns why PyPI would refuse an attestation of a file (pypi-attestations, `Attestation.verify`); null if it would
 * not. Checks all but the signatures: exactly one subject, the file's name and digest, a known predicate type, and a
 * certificate of the publisher's repository and workflow.
 */
export async function attestationFault(made: PyPIAttestation, { artifact, claims }: Expected): Promise<string | null> {
  const statement = statementIn(made.envelope.statement)
  const [subject, ...more] = statement?.subject ?? []
  if (!statement || !subject || more.length > 0) return 'its statement has not exactly one subject'
  if (subject.name !== artifact.filename) return `its subject is ${subject.name}, not ${artifact.filename}`
  if (subject.digest.sha256 !== artifact.sha256) return `its subject is ${artifact.filename} with another digest`
  if (statement.predicateType !== PYPI_PUBLISH) return `its predicate type is ${statement.predicateType}`
  const signer = await certifiedBy(made.verification_material.certificate)
  return signer === null ? 'its certificate is unreadable' : identityFault(signer, claims)
}

/**
 * Returns why PyPI would not accept a signer as the publisher; null if it would. PyPI identifies the publisher by the
 * file in `job_workflow_ref`, and looks for it in the certificate's Build Config URI, which names the workflow that was
 * started (pypi-attestations, `_GitHubTrustedPublisherPolicy`).
 */
function identityFault({ repository, buildConfig, digest, ref }: SignerIdentity, claims: Claims): string | null {
  const owned = `https://github.com/${claims.repository}`
  if (repository !== owned) return `its certificate names ${repository}, not ${owned}`
  const file = workflowIn(claims.job_workflow_ref)?.file
  const accepted = [digest, ref].flatMap((at) => (at === null ? [] : [`${owned}/.github/workflows/${file}@${at}`]))
  if (buildConfig !== null && accepted.includes(buildConfig)) return null
  return `its certificate names the workflow ${buildConfig}, not ${file}`
}

/** Returns whether PyPI accepts a certificate of this job: not for a job of a reusable workflow, of any repository. */
export function isAttestable({ workflow_ref, job_workflow_ref }: Claims): boolean {
  return workflow_ref !== undefined && workflow_ref === job_workflow_ref
}
