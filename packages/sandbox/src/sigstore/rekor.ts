import { verify, X509Certificate } from 'node:crypto'
import { type Answer, json, Refusal, type Request } from '../service.ts'
import { sha256 } from '../store.ts'
import { keyPairOf } from './keys.ts'

/** Name of the log in its checkpoints. */
const LOG = 'https://rekor.sandbox.invalid'

/** An envelope with its one signature (DSSE, envelope.md). */
interface Envelope {
  payload: string
  payloadType: string
  signatures: { sig: string }[]
}

/** The log of signatures. */
export interface Rekor {
  /** Milliseconds that its clock is ahead: after ten minutes a certificate has expired. */
  ahead: number
  add(request: Request): Promise<Answer>
}

/**
 * Makes it, with its key in a folder. Entries are those of `@sigstore/mock`, each the only one of its tree: proof and
 * promise hold, but nothing can be looked up later. What Rekor puts in the place of the proposed entry is put there here.
 */
export function rekor(folder: string): Rekor {
  const log: Rekor = {
    ahead: 0,
    async add(request) {
      const entry = canonical(request)
      const { initializeTLog } = await import('@sigstore/mock/dist/rekor/index.js')
      const clock = log.ahead === 0 ? undefined : new Date(Date.now() + log.ahead)
      const made = await (await initializeTLog(LOG, keyPairOf(folder, 'rekor'), clock)).log(entry)
      const [logged] = Object.values(made) as { logIndex: number }[]
      return { ...json(201, made), effect: `signature logged as entry ${logged?.logIndex}` }
    },
  }
  return log
}

/**
 * The entry that Rekor keeps of a proposed one of kind `dsse` (Rekor, pkg/types/dsse/v0.0.1): the hashes of envelope and
 * payload, and each signature with the certificate that verifies it. Throws a Refusal of 400.
 */
function canonical(request: Request): object {
  const { kind, apiVersion, spec } = bodyOf(request)
  if (kind !== 'dsse' || apiVersion !== '0.0.1') throw refusal('the sandbox takes entries of kind dsse 0.0.1 only')
  const { envelope: text = '', verifiers = [] } = spec?.proposedContent ?? {}
  let envelope: Envelope
  let certificate: X509Certificate
  try {
    envelope = JSON.parse(text) as Envelope
    certificate = new X509Certificate(Buffer.from(verifiers[0] ?? '', 'base64'))
  } catch {
    throw refusal('error processing entry: invalid envelope or verifier')
  }
  const payload = Buffer.from(envelope.payload, 'base64')
  const [signature] = envelope.signatures
  const isSigned =
    signature !== undefined &&
    verify('sha256', encoding(envelope, payload), certificate.publicKey, Buffer.from(signature.sig, 'base64'))
  if (!isSigned) throw refusal('error processing entry: could not verify envelope')
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(text) },
      payloadHash: { algorithm: 'sha256', value: sha256(payload) },
      signatures: [{ signature: signature.sig, verifier: Buffer.from(certificate.toString()).toString('base64') }],
    },
  }
}

/** What a DSSE signature is made over (DSSE, protocol.md: "PAE"). */
function encoding({ payloadType: type }: Envelope, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload])
}

interface Proposed {
  kind?: unknown
  apiVersion?: unknown
  spec?: { proposedContent?: { envelope?: string; verifiers?: string[] } }
}

function bodyOf(request: Request): Proposed {
  try {
    return (JSON.parse(request.body.toString('utf8')) ?? {}) as Proposed
  } catch {
    throw refusal('parsing body failed')
  }
}

/** A refusal in Rekor's form (Rekor, openapi.yaml, `Error`). */
function refusal(message: string): Refusal {
  return new Refusal(json(400, { code: 400, message }))
}
