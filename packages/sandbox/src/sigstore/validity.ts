import type { X509Certificate } from 'node:crypto'

/** Returns from when until when a certificate is valid. */
export function validityOf({ validFrom, validTo }: X509Certificate): { from: Date; to: Date } {
  // The oldest Node that the command runs on has no `validFromDate`.
  return { from: new Date(validFrom), to: new Date(validTo) }
}
