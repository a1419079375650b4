import type { Bundle } from './sign.ts'

/** The workflow that a certificate was issued to, from the extensions that Fulcio writes (Fulcio, docs/oid-info.md). */
export interface SignerIdentity {
  /** `https://github.com/owner/name` */
  repository: string | null
  /** The workflow that was started, at its ref: `https://github.com/owner/name/.github/workflows/file.yml@ref`. */
  buildConfig: string | null
  /** The workflow file that contains the job, likewise. */
  buildSigner: string | null
  /** The commit. */
  digest: string | null
  ref: string | null
}

const OIDS = {
  repository: '1.3.6.1.4.1.57264.1.12',
  buildConfig: '1.3.6.1.4.1.57264.1.18',
  buildSigner: '1.3.6.1.4.1.57264.1.9',
  digest: '1.3.6.1.4.1.57264.1.13',
  ref: '1.3.6.1.4.1.57264.1.14',
} as const

/** Reads the signer from the certificate of a bundle; null if there is no readable one. Verifies nothing. */
export async function signerOf(bundle: Pick<Bundle, 'verificationMaterial'>): Promise<SignerIdentity | null> {
  const der = certificateIn(bundle)
  return der === null ? null : certifiedBy(der)
}

/** Reads the signer from a certificate (base64 of DER); null if it is unreadable. Verifies nothing. */
export async function certifiedBy(der: string): Promise<SignerIdentity | null> {
  const { X509Certificate } = await import('@sigstore/core')
  try {
    const certificate = X509Certificate.parse(Buffer.from(der, 'base64'))
    const read = (oid: string) => certificate.extension(oid)?.valueObj.subs[0]?.value.toString('utf8') ?? null
    return Object.fromEntries(Object.entries(OIDS).map(([name, oid]) => [name, read(oid)])) as never
  } catch {
    return null
  }
}

/** Returns the certificate of a bundle (base64 of DER); null if it has none. Older bundles have a chain of them. */
export function certificateIn({ verificationMaterial }: Pick<Bundle, 'verificationMaterial'>): string | null {
  const { certificate, x509CertificateChain } = verificationMaterial ?? {}
  return certificate?.rawBytes ?? x509CertificateChain?.certificates[0]?.rawBytes ?? null
}
