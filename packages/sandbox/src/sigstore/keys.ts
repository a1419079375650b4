import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../store.ts'

/**
 * The signers: the certificate authority, the log of certificates, the log of signatures, and the timestamp authority.
 */
export type KeyName = 'fulcio' | 'ctlog' | 'rekor' | 'timestamp'

/** A key pair. */
export interface KeyPair {
  publicKey: KeyObject
  privateKey: KeyObject
}

/** Returns the key pair of that name in a folder, created on first use, since most sandboxes sign nothing. */
export function keyPairOf(folder: string, name: KeyName): KeyPair {
  const file = join(folder, `${name}.pem`)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeWhole(file, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  }
  const privateKey = createPrivateKey(readFileSync(file, 'utf8'))
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** Returns a public key in the form of a trusted root: DER of a SubjectPublicKeyInfo. */
export function publicBytes({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' })
}
