import { X509Certificate } from 'node:crypto'
import { sha256 } from '../store.ts'
import { type KeyName, keyPairOf, publicBytes } from './keys.ts'
import { validityOf } from './validity.ts'

/** Addresses of the services. */
export type Addresses = Record<'fulcio' | 'rekor' | 'timestamp', string>

/**
 * Returns the trusted root for verifiers (Sigstore, protobuf-specs: `TrustedRoot`, as JSON): the authority's
 * certificate, the keys of the two logs, and the certificates of the timestamp authority.
 */
export function trustedRoot(folder: string, root: Buffer, chains: readonly string[][], at: Addresses): object {
  const validFor = { start: validityOf(new X509Certificate(root)).from.toISOString() }
  const log = (name: KeyName, baseUrl: string) => {
    const key = publicBytes(keyPairOf(folder, name))
    return {
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: key.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
      logId: { keyId: Buffer.from(sha256(key), 'hex').toString('base64') },
    }
  }
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log('rekor', at.rekor)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: at.fulcio,
        certChain: { certificates: [{ rawBytes: root.toString('base64') }] },
        validFor,
      },
    ],
    ctlogs: [log('ctlog', at.fulcio)],
    timestampAuthorities: chains.map((chain) => ({
      subject: { organization: 'sigstore.mock', commonName: 'tsa' },
      uri: at.timestamp,
      certChain: { certificates: chain.map((rawBytes) => ({ rawBytes })) },
      validFor,
    })),
  }
}
