import { parse } from 'smol-toml'
import { MAX_CRATE_BYTES } from '../limits.ts'
import { json, Refusal } from '../service.ts'
import { readTarball, type TarEntry } from '../tarball.ts'
import type { PublishedDependency, PublishedMetadata } from './entry.ts'

/** Returns a refusal in the form of the Web API (cargo reference "Registry Web API": `errors[].detail`). */
export function refusal(status: number, detail: string): Refusal {
  return new Refusal(json(status, { errors: [{ detail }] }))
}

/**
 * Reads the body of a publish request: a length (u32, little endian) and JSON, a length and the `.crate` file (cargo
 * reference "Registry Web API", Publish).
 * @throws Refusal 400 for another form, 413 if the body is too big
 */
export function parsePublish(body: Buffer): { metadata: PublishedMetadata; crate: Buffer } {
  if (body.length > MAX_CRATE_BYTES) throw refusal(413, `max upload size is: ${MAX_CRATE_BYTES}`)
  if (body.length < 4) throw refusal(400, 'invalid metadata length')
  const crateLengthAt = 4 + body.readUInt32LE(0)
  if (crateLengthAt + 4 > body.length)
    throw refusal(400, `invalid metadata length for remaining payload: ${crateLengthAt - 4}`)
  const crate = body.subarray(crateLengthAt + 4)
  const crateLength = body.readUInt32LE(crateLengthAt)
  if (crateLength > crate.length) throw refusal(400, `invalid tarball length for remaining payload: ${crateLength}`)
  if (crateLength < crate.length)
    throw refusal(400, `unexpected extra bytes after tarball: ${crate.length - crateLength}`)
  try {
    return { metadata: JSON.parse(body.subarray(4, crateLengthAt).toString('utf8')) as PublishedMetadata, crate }
  } catch (error) {
    throw refusal(400, `invalid upload request: ${(error as Error).message}`)
  }
}

/**
 * Checks name and version, which crates.io does before authentication.
 * @throws Refusal 400
 */
export function checkNaming(metadata: PublishedMetadata): void {
  checkName(metadata.name)
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(metadata.vers ?? '')) {
    throw refusal(400, `"${metadata.vers}" is an invalid semver version`)
  }
}

/**
 * Runs the checks of crates.io that need no stored state, with its messages.
 * @throws Refusal 400 for the first failure
 */
export function checkPublish(metadata: PublishedMetadata, crate: Buffer): void {
  const missing = [
    ...(metadata.description ? [] : ['description']),
    ...(metadata.license || metadata.license_file ? [] : ['license']),
  ]
  if (missing.length > 0) {
    throw refusal(
      400,
      `missing or empty metadata fields: ${missing.join(', ')}. Please see the manifest format for more information on configuring these fields`,
    )
  }
  if ((metadata.keywords?.length ?? 0) > 5) throw refusal(400, 'expected at most 5 keywords per crate')
  for (const each of metadata.deps) checkDependency(each)
  checkTarball(metadata, crate)
}

/** Checks crates.io's rule for names. */
function checkName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name ?? '')) return
  throw refusal(
    400,
    `invalid character or length in crate name: \`${name}\`, it must start with an ASCII letter, have ASCII letters, digits, \`-\` or \`_\` only, and at most 64 of them`,
  )
}

/** Checks that a dependency has a version and is in the same registry. */
function checkDependency(dependency: PublishedDependency): void {
  if (dependency.version_req.trim() === '*' || dependency.version_req.trim() === '') {
    throw refusal(
      400,
      `wildcard (\`*\`) dependency constraints are not allowed on crates.io. Crate with this problem: \`${dependency.name}\``,
    )
  }
  // When publishing to another registry, cargo names crates.io by its git index, which means this one here.
  if (dependency.registry && !/\/crates\.io-index\/?$/.test(dependency.registry)) {
    throw refusal(
      400,
      `Dependency \`${dependency.name}\` is hosted on another registry. Cross-registry dependencies are not permitted on crates.io.`,
    )
  }
}

/** Checks that the tarball has one top folder, `name-version`, and that its manifest agrees with the metadata. */
function checkTarball(metadata: PublishedMetadata, crate: Buffer): void {
  let entries: TarEntry[]
  try {
    entries = readTarball(crate)
  } catch (error) {
    throw refusal(400, `uploaded tarball is malformed or too large when decompressed: ${(error as Error).message}`)
  }
  const top = `${metadata.name}-${metadata.vers}`
  for (const { path, type } of entries) {
    if (!path.startsWith(`${top}/`) || path.split('/').includes('..')) throw refusal(400, `invalid path found: ${path}`)
    if (type !== '0' && type !== '5') throw refusal(400, `unexpected symlink or hard link found: ${path}`)
  }
  const manifest = entries.find((each) => each.path === `${top}/Cargo.toml`)
  if (!manifest) throw refusal(400, 'uploaded tarball is missing a `Cargo.toml` manifest file')
  let fields: { name?: unknown; version?: unknown } = {}
  try {
    fields = (parse(manifest.content.toString('utf8')).package ?? {}) as typeof fields
  } catch (error) {
    throw refusal(400, `failed to parse \`Cargo.toml\` manifest file\n\n${(error as Error).message}`)
  }
  if (fields.name !== metadata.name) {
    throw refusal(400, `metadata name \`${metadata.name}\` does not match manifest name \`${fields.name}\``)
  }
  if (fields.version !== metadata.vers) {
    throw refusal(400, `metadata version \`${metadata.vers}\` does not match manifest version \`${fields.version}\``)
  }
}
