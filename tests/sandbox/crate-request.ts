import { makeTarball, type Tested } from './harness.ts'

/** Returns the body of a publish request. */
export function publishBody(metadata: object, crate: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(metadata))
  const length = (of: Uint8Array) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(of.length)
    return bytes
  }
  return Buffer.concat([length(json), json, length(crate), crate])
}

/**
 * Publishes a generated version of a crate with an `Authorization` header; returns status, error message and
 * `Retry-After`.
 */
export async function publishVersion(
  sandbox: Tested,
  name: string,
  vers: string,
  authorization: string,
): Promise<{ status: number; words: string; retryAfter: string | null }> {
  const metadata = { name, vers, deps: [], features: {}, description: 'd', license: 'MIT' }
  const manifest = `[package]\nname = "${name}"\nversion = "${vers}"\n`
  const response = await fetch(`${sandbox.cargo.api}/api/v1/crates/new`, {
    method: 'PUT',
    headers: { authorization },
    body: new Uint8Array(publishBody(metadata, makeTarball(`${name}-${vers}`, { 'Cargo.toml': manifest }))),
  })
  const { errors } = (await response.json()) as { errors?: { detail: string }[] }
  return {
    status: response.status,
    words: errors?.[0]?.detail ?? '',
    retryAfter: response.headers.get('retry-after'),
  }
}
