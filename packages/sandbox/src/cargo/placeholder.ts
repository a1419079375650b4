import { writeTarball } from '../tarball.ts'
import type { PublishedMetadata } from './entry.ts'

/** Returns the empty version 0.0.0 that maintainers publish to reserve a name, as cargo would send it. */
export function placeholder(name: string): { metadata: PublishedMetadata; crate: Buffer } {
  const description = 'A placeholder.'
  const metadata = { name, vers: '0.0.0', deps: [], features: {}, description, license: 'MIT' }
  const manifest = `[package]
edition = "2021"
name = ${JSON.stringify(name)}
version = "0.0.0"
description = "${description}"
license = "MIT"
`
  return { metadata, crate: writeTarball(`${name}-0.0.0`, { 'Cargo.toml': manifest, 'src/lib.rs': '' }) }
}
