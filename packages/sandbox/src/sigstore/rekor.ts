import { createHash, sign, verify, X509Certificate } from 'node:crypto'
import { type Answer, json, Refusal, type Request } from '../service.ts'
import { sha256 } from '../store.ts'
import { type KeyPair, keyPairOf, publicBytes } from './keys.ts'

/** Name of the log in its checkpoints. */
const LOG = 'rekor.sandbox.invalid'

/** An envelope with its one signature (DSSE, envelope.md). */
interface Envelope {
  payload: string
  payloadType: string
  signatures: { sig: string }[]
}

/** The log of signatures. */
export interface Rekor {
  /** Milliseconds by which its clock is ahead; after ten minutes a certificate has expired. */
  ahead: number
  add(request: Request): Promise<Answer>
}

/**
 * Makes the log, with its key in a folder. Entries come from `@sigstore/mock`, with two differences: the proposed entry
 * is replaced as Rekor does, and each entry is the second of a tree of two, because the proof of a single entry would
 * have no number and no hashes, which every proof of the public log has. Entries cannot be looked up later.
 */
export function rekor(folder: string): Rekor {
  const log: Rekor = {
    ahead: 0,
    async add(request) {
      const entry = canonical(request)
      const { initializeTLog } = await import('@sigstore/mock/dist/rekor/index.js')
      const now = new Date(Date.now() + log.ahead)
      const keys = keyPairOf(folder, 'rekor')
      const made = await (await initializeTLog(`https://${LOG}`, keys, now)).log(entry)
      const [[uuid, logged]] = Object.entries(made) as [[string, Logged]]
      const proof = inclusionProof(Buffer.from(logged.body, 'base64'), now, keys)
      const verification = { ...logged.verification, inclusionProof: proof }
      return {
        ...json(201, { [uuid]: { ...logged, verification } }),
        effect: `signature logged as entry ${logged.logIndex}`,
      }
    },
  }
  return log
}

/** The used fields of an entry in Rekor's answer (Rekor, openapi.yaml, `LogEntry`). */
interface Logged {
  body: string
  logIndex: number
  verification: object
}

const hashed = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

/** Hash of the first entry in every tree. */
const FIRST = hashed(Buffer.from([0]), Buffer.from('sandbox'))

/**
 * Proves that an entry is the second of a tree of two (RFC 9162, section 2.1), whose root a checkpoint signs (Rekor,
 * pkg/util/checkpoint.go: a signed note).
 */
function inclusionProof(body: Buffer, now: Date, keys: KeyPair): object {
  const root = hashed(Buffer.from([1]), FIRST, hashed(Buffer.from([0]), body))
  const note = `${LOG} - 1\n2\n${root.toString('base64')}\nTimestamp: ${now.getTime()}000000\n`
  const hint = hashed(publicBytes(keys)).subarray(0, 4)
  const signature = Buffer.concat([hint, sign('sha256', Buffer.from(note), keys.privateKey)])
  const checkpoint = `${note}\n\u2014 ${LOG} ${signature.toString('base64')}\n`
  return { logIndex: 1, treeSize: 2, rootHash: root.toString('hex'), hashes: [FIRST.toString('hex')], checkpoint }
}

/**
 * Returns the entry that Rekor stores for a proposed one of kind `dsse` (Rekor, pkg/types/dsse/v0.0.1): the hashes of
 * envelope and payload, and each signature with the certificate that verifies it.
 * @throws Refusal 400
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

/** Returns the bytes that a DSSE signature covers (DSSE, protocol.md: "PAE"). */
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

/** Returns a refusal in Rekor's form (Rekor, openapi.yaml, `Error`). */
function refusal(message: string): Refusal {
  return new Refusal(json(400, { code: 400, message }))
}
