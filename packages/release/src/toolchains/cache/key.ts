import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import type { Folder } from '@slipway/documents/folder'
import { cargoConfigFiles } from '@slipway/toolchain/cargo-config'
import { withoutSecrets } from '@slipway/toolchain/secrets'

/** What decides whether compiled files of another run can be used. */
export interface BuildIdentity {
  rustc: string
  /** The commit of rustc: nightlies and distributions share versions. */
  commit: string
  host: string
  targets: readonly string[]
  /** Name, version and ABI of each Python: `3.14t 3.14.2`. */
  pythons: readonly string[]
  /** Empty for none. */
  maturin: string
  zig: string
  sccache: string
  /** The input `cache-key`. */
  own: string
  /** Jobs build with different profiles and features. */
  job: string
}

/** Variables that change what cargo, a C compiler or PyO3 builds. */
const BUILD_VARIABLE =
  /^(?:CARGO_.*|RUSTFLAGS|RUSTDOCFLAGS|RUSTC(?:_.*)?|PYO3_.*|(?:HOST_|TARGET_)?(?:CC|CXX|AR|CFLAGS|CXXFLAGS|LDFLAGS)(?:_.*)?|MACOSX_DEPLOYMENT_TARGET|SDKROOT|DEVELOPER_DIR)$/

/** Variables of that kind that change no file: folders, output, network, and what only a program's path would say. */
const HARMLESS = /^CARGO_(?:HOME|TARGET_DIR|TERM_.*|HTTP_.*|NET_.*|REGISTR.*|INSTALL_ROOT)$|^RUSTC_WRAPPER$/

/** Files that decide what is built, by name. */
const MANIFEST = /(?:^|\/)(?:pyproject\.toml|rust-toolchain(?:\.toml)?)$/
const LOCK = /(?:^|\/)Cargo\.lock$/
const CARGO_MANIFEST = /(?:^|\/)Cargo\.toml$/

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256')
  // Lengths, so that no two lists of texts look the same.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex').slice(0, 20)
}

/** Returns the variables that change a build, sorted, without secrets. */
export function buildVariables(env: Ports['env']): string[] {
  const secret = withoutSecrets(env)
  return Object.keys(env)
    .filter((name) => BUILD_VARIABLE.test(name) && !HARMLESS.test(name) && !(name in secret))
    .sort()
    .map((name) => `${name}=${env[name]}`)
}

/** Returns names and contents of a project's files of some kind. */
async function contentsOf(folder: Folder, files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map(async (file) => [file, (await folder.read(file)) ?? '']))
  return texts.flat()
}

/** The keys of a cache entry, without the name of its part. */
export interface CacheKeys {
  key: string
  /** The beginning of keys for other versions of the dependencies. */
  prefix: string
}

/**
 * Returns the keys of a build: rustc, host, targets, Pythons, tools, variables, cargo's configuration and pyproject.toml decide
 * the prefix; Cargo.lock decides the rest, or all Cargo.toml without one.
 * @param dir the project, absolute
 */
export async function cacheKeys(
  ports: Ports,
  dir: string,
  folder: Folder,
  identity: BuildIdentity,
): Promise<CacheKeys> {
  const { env } = ports
  const files = await folder.files()
  const locks = files.filter((each) => LOCK.test(each))
  // It is not among the project's own files if git ignores it.
  const rootLock = locks.includes('Cargo.lock') ? '' : ((await folder.read('Cargo.lock')) ?? '')
  const hasLock = locks.length > 0 || rootLock !== ''
  const manifests = files.filter((each) => MANIFEST.test(each))
  const configs = await Promise.all(
    (await cargoConfigFiles(env, dir)).map(async (file) => (await readFile(file, 'utf8').catch(() => '')) || ''),
  )
  const { host, job, own, ...tools } = identity
  const environment = digest([
    JSON.stringify(tools, Object.keys(tools).sort()),
    ...buildVariables(env),
    ...configs,
    ...(await contentsOf(folder, manifests)),
  ])
  const dependencies = digest([
    rootLock,
    ...(await contentsOf(folder, hasLock ? locks : files.filter((each) => CARGO_MANIFEST.test(each)))),
  ])
  const named = [host, job, own]
    .filter((each) => each !== '')
    .map((each) => each.replace(/[^\w.-]+/g, '-').slice(0, 80))
  const prefix = `slipway-1-${named.join('-')}-${digest([job, own])}-${environment}-`
  return { key: prefix + dependencies, prefix }
}
