import { verify, X509Certificate } from 'node:crypto'
import { validityOf } from '../sigstore/validity.ts'
import type { TrustedLogin } from './state.ts'

/** The expected subject and publisher of an attestation. */
export interface Attested {
  filename: string
  /** Lower-case hex. */
  sha256: string
  publisher: TrustedLogin['publisher']
  /** Certificate (DER) of the trusted authority. */
  root: Uint8Array
}

/** An uploaded attestation (PEP 740, "Attestation objects"), with the parts that PyPI uses. */
export interface Attestation {
  verification_material: { certificate: string; transparency_entries: { integratedTime?: string }[] }
  envelope: { statement: string; signature: string }
}

interface Statement {
  subject: { name: string; digest: { sha256?: string } }[]
  predicateType: string
}

/** Predicate types that PyPI accepts (pypi-attestations, `AttestationType`). */
const TYPES = [/^https:\/\/slsa\.dev\/provenance\/v1$/, /^https:\/\/docs\.pypi\.org\/attestations\/publish\/v1$/]

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** Whether a value has the form of an attestation. */
export function isAttestation(value: unknown): value is Attestation {
  const {
    version,
    verification_material: material,
    envelope,
  } = (value ?? {}) as Partial<Attestation> & {
    version?: unknown
  }
  const texts = [material?.certificate, envelope?.statement, envelope?.signature]
  const entries = material?.transparency_entries
  return (
    version === 1 && texts.every((each) => typeof each === 'string') && Array.isArray(entries) && entries.length > 0
  )
}

/**
 * Verifies an attestation as PyPI does (pypi-attestations, `Attestation.verify`): the trusted authority certified the
 * publisher's repository and workflow while the signature was logged, and the statement covers the file. The proofs of
 * the log and of the certificate are not verified.
 * @returns the predicate type, or the reason for a refusal
 */
export function verifyAttestation(made: Attestation, expected: Attested): { type: string } | string {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(Buffer.from(made.verification_material.certificate, 'base64'))
  } catch {
    return 'invalid X.509 certificate'
  }
  if (!certificate.verify(new X509Certificate(expected.root).publicKey)) return 'failed to build certificate chain'
  const logged = new Date(Number(made.verification_material.transparency_entries[0]?.integratedTime) * 1000)
  const { from, to } = validityOf(certificate)
  if (!(logged >= from && logged <= to)) {
    return 'cert is not valid at validation time'
  }
  const identity = identityFault(certificate, expected.publisher)
  if (identity) return identity
  const payload = Buffer.from(made.envelope.statement, 'base64')
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `),
    payload,
  ])
  const signature = Buffer.from(made.envelope.signature, 'base64')
  if (!verify('sha256', signed, certificate.publicKey, signature)) return 'DSSE: invalid signature'
  return statementFault(payload, expected)
}

/** Compares the statement with the file. Returns its predicate type, or the fault. */
function statementFault(payload: Buffer, { filename, sha256 }: Attested): { type: string } | string {
  let statement: Statement
  try {
    statement = JSON.parse(payload.toString('utf8')) as Statement
  } catch {
    return 'invalid statement'
  }
  const [subject, ...more] = statement.subject ?? []
  if (!subject || more.length > 0) return 'too many subjects in statement (must be exactly one)'
  if (subject.name !== filename) return `subject does not match distribution name: ${subject.name} != ${filename}`
  if (subject.digest.sha256 !== sha256) return 'subject does not match distribution digest'
  const { predicateType: type } = statement
  return TYPES.some((each) => each.test(type)) ? { type } : `unknown attestation type: ${type}`
}

/**
 * Returns how the certificate differs from the publisher (same, `_GitHubTrustedPublisherPolicy`); null if it does not.
 */
function identityFault(certificate: X509Certificate, { repository, workflow }: Attested['publisher']): string | null {
  const [own, config, digest, ref] = [12, 18, 13, 14].map((each) => extension(certificate.raw, each))
  const owned = `https://github.com/${repository}`
  if (own !== owned) return `Certificate's OIDCSourceRepositoryURI does not match (got ${own}, expected ${owned})`
  const file = `${owned}/.github/workflows/${workflow}`
  if (config === `${file}@${digest}` || config === `${file}@${ref}`) return null
  return `Certificate's Build Config URI (${config}) does not match expected Trusted Publisher (${workflow} @ ${repository})`
}

/** The bytes before the value of one of Fulcio's extensions in DER: its number, 1.3.6.1.4.1.57264.1.x. */
const NUMBER = [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01]

/**
 * Returns the text of one of Fulcio's extensions (Fulcio, docs/oid-info.md), a UTF8String in an OCTET STRING, or null.
 */
function extension(der: Buffer, number: number): string | null {
  const at = der.indexOf(Buffer.from([...NUMBER, number]))
  if (at < 0) return null
  const outer = content(der, at + NUMBER.length + 1)
  const inner = outer && content(outer, 0)
  return inner ? inner.toString('utf8') : null
}

/** Returns the content of the value at an offset in DER, of less than 64 KiB (ITU-T X.690, section 8.1.3). */
function content(der: Buffer, at: number): Buffer | null {
  const first = der[at + 1] ?? 0
  const more = first < 0x80 ? 0 : first & 0x7f
  if (more > 2) return null
  const length = more === 0 ? first : der.readUIntBE(at + 2, more)
  return der.subarray(at + 2 + more, at + 2 + more + length)
}
