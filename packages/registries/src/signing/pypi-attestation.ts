import type { Artifact } from '@slipway/core/artifact'
import { RemoteError } from '@slipway/core/publisher'
import { workflowIn } from '../trusted/form.ts'
import type { Claims } from '../trusted/id-token.ts'
import { certificateIn, certifiedBy, type SignerIdentity } from './certificate.ts'
import { type Bundle, type Signing, signStatement } from './sign.ts'
import { PYPI_PUBLISH, statementIn, statementOf } from './statement.ts'

/** An attestation as PyPI takes it (PEP 740, "Attestation objects"). */
export interface PyPIAttestation {
  version: 1
  verification_material: { certificate: string; transparency_entries: object[] }
  envelope: { statement: string; signature: string }
}

/** The subject and the publisher that PyPI compares an attestation with. */
export interface Expected {
  artifact: Pick<Artifact, 'filename' | 'sha256'>
  claims: Claims
}

/**
 * Signs that this job publishes a file (PyPI, publish/v1): the subject is the file by its name and digest, the predicate
 * says nothing. It is compared with what PyPI will compare it with before it is given out.
 * @throws RemoteError
 */
export async function pypiAttestation({ artifact, claims }: Expected, signing: Signing): Promise<PyPIAttestation> {
  const statement = statementOf(artifact, { type: PYPI_PUBLISH, predicate: null })
  const made = pypiForm(await signStatement(statement, signing))
  const fault = await attestationFault(made, { artifact, claims })
  if (fault !== null) throw new RemoteError('refused', `the signature is not one that PyPI would take: ${fault}`)
  return made
}

/** Puts a bundle into PyPI's form (pypi-attestations, `Attestation.from_bundle`). @throws RemoteError when it lacks a part */
export function pypiForm(bundle: Bundle): PyPIAttestation {
  const certificate = certificateIn(bundle)
  const { dsseEnvelope: envelope, verificationMaterial } = bundle
  // In JSON, a list that is empty is left out.
  const { tlogEntries: entries = [] } = verificationMaterial
  const [signature, ...more] = envelope?.signatures ?? []
  if (certificate === null || !envelope || !signature || more.length > 0 || entries.length === 0) {
    throw new RemoteError('refused', 'the signature has no certificate, or no entry of a log')
  }
  return {
    version: 1,
    verification_material: { certificate, transparency_entries: entries },
    envelope: { statement: envelope.payload, signature: signature.sig },
  }
}

/**
 * Says why PyPI would refuse an attestation of a file (pypi-attestations, `Attestation.verify`); null when it would not, as
 * far as that is seen without checking signatures: one subject, which is the file by name and digest, a predicate type that
 * it knows, and a certificate of the publisher's repository and workflow.
 */
export async function attestationFault(made: PyPIAttestation, { artifact, claims }: Expected): Promise<string | null> {
  const statement = statementIn(made.envelope.statement)
  const [subject, ...more] = statement?.subject ?? []
  if (!statement || !subject || more.length > 0) return 'its statement has not exactly one subject'
  if (subject.name !== artifact.filename) return `its subject is ${subject.name}, not ${artifact.filename}`
  if (subject.digest.sha256 !== artifact.sha256) return `it is of another file than this ${artifact.filename}`
  if (statement.predicateType !== PYPI_PUBLISH) return `its predicate type is ${statement.predicateType}`
  const signer = await certifiedBy(made.verification_material.certificate)
  return signer === null ? 'its certificate cannot be read' : identityFault(signer, claims)
}

/**
 * Says why PyPI would not take a signer for the publisher; null when it would. PyPI knows the publisher by the file in
 * `job_workflow_ref`, and looks for it in the certificate's Build Config URI, which is of the workflow that was started
 * (pypi-attestations, `_GitHubTrustedPublisherPolicy`).
 */
function identityFault({ repository, buildConfig, digest, ref }: SignerIdentity, claims: Claims): string | null {
  const owned = `https://github.com/${claims.repository}`
  if (repository !== owned) return `its certificate is of ${repository}, not of ${owned}`
  const file = workflowIn(claims.job_workflow_ref)?.file
  const taken = [digest, ref].flatMap((each) => (each === null ? [] : [`${owned}/.github/workflows/${file}@${each}`]))
  if (buildConfig !== null && taken.includes(buildConfig)) return null
  return `its certificate is of the workflow ${buildConfig}, not of ${file}`
}

/** Whether PyPI would find the publisher in a certificate for this job: not in a reusable workflow of any repository. */
export function isAttestable({ workflow_ref, job_workflow_ref }: Claims): boolean {
  return workflow_ref !== undefined && workflow_ref === job_workflow_ref
}
