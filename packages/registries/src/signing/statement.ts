import type { Artifact } from '@slipway/core/artifact'
import { PUBLIC } from '../endpoints.ts'

/** DSSE payload type of an in-toto statement (in-toto, spec/v1/envelope.md). */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json'

/** Predicate type of PyPI's publish attestation, whose predicate is empty (PyPI, "Attestations", publish/v1). */
export const PYPI_PUBLISH = PUBLIC.pypi.publishAttestation

/** Predicate type of a build's provenance (SLSA, provenance v1). */
export const SLSA_PROVENANCE = 'https://slsa.dev/provenance/v1'

/** A statement about subjects, identified by digest (in-toto, spec/v1/statement.md). */
export interface Statement {
  _type: 'https://in-toto.io/Statement/v1'
  subject: { name: string; digest: { sha256: string } }[]
  predicateType: string
  predicate: object | null
}

/** Returns a statement about one artifact. @param name default: the artifact's file name */
export function statementOf(
  { filename, sha256 }: Pick<Artifact, 'filename' | 'sha256'>,
  { type, predicate, name = filename }: { type: string; predicate: object | null; name?: string },
): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256 } }],
    predicateType: type,
    predicate,
  }
}

/** Reads the statement in the payload of an envelope (base64); null if there is none. */
export function statementIn(payload: string | undefined): Statement | null {
  try {
    const value = JSON.parse(Buffer.from(payload ?? '', 'base64').toString('utf8')) as Statement | null
    return Array.isArray(value?.subject) ? value : null
  } catch {
    return null
  }
}
