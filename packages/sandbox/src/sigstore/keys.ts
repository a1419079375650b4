import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../store.ts'

/** Who signs: the authority that issues certificates, the log of certificates, the log of signatures, the time stamps. */
export type KeyName = 'fulcio' | 'ctlog' | 'rekor' | 'timestamp'

/** A pair of keys. */
export interface KeyPair {
  publicKey: KeyObject
  privateKey: KeyObject
}

/** Returns the pair of keys of that name in a folder, made when it is first asked for: most sandboxes sign nothing. */
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

/** Returns a public key as it is written in a trusted root: DER of a SubjectPublicKeyInfo. */
export function publicBytes({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' })
}
