import { blake2b } from '@noble/hashes/blake2.js'

/**
 * Returns the BLAKE2b digest of 256 bits (RFC 7693) in lower-case hex, by which PyPI names files. Node's crypto only has
 * the one of 512 bits, whose first half is another value.
 */
export function blake2b256(bytes: Uint8Array): string {
  return Buffer.from(blake2b(bytes, { dkLen: 32 })).toString('hex')
}
