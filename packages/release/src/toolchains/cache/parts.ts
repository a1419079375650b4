import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import type { Folder } from '@slipway/documents/folder'

/** A folder of which the cache keeps a part. */
export interface CachePart {
  /** A part of the key: `cargo` */
  name: string
  /** Absolute. */
  base: string
  /** What is kept of it: cargo's downloads, compiled dependencies, or everything. */
  kind: 'cargo' | 'target' | 'all'
}

/** cargo's downloads (the Cargo book, "Cargo Home", "Caching the Cargo home in CI"); unpacked sources are made from them. */
const CARGO_HOME = ['registry/index', 'registry/cache', 'git/db']

/** The folders of a profile with dependencies (the Cargo book, "Build cache"); not `incremental`, nor the finished programs. */
const PROFILE = ['deps', 'build', '.fingerprint']

/**
 * Returns what the cache keeps: cargo's downloads, and the target folder of each workspace or, instead of those, the files of
 * sccache.
 * @param dir the project, absolute
 * @param sccache the folder of sccache; null if it is not used
 */
export async function cacheParts(
  { env }: Pick<Ports, 'env'>,
  dir: string,
  folder: Folder,
  sccache: string | null,
): Promise<CachePart[]> {
  const cargo: CachePart = {
    name: 'cargo',
    base: env.CARGO_HOME || join(env.HOME ?? homedir(), '.cargo'),
    kind: 'cargo',
  }
  if (sccache !== null) return [cargo, { name: 'sccache', base: sccache, kind: 'all' }]
  const roots = new Set(
    (await folder.files()).filter((each) => /(?:^|\/)Cargo\.lock$/.test(each)).map((each) => dirname(each)),
  )
  if (existsSync(join(dir, 'Cargo.toml'))) roots.add('.')
  const targets = env.CARGO_TARGET_DIR
    ? [resolve(dir, env.CARGO_TARGET_DIR)]
    : [...roots].map((each) => join(dir, each, 'target'))
  return [
    cargo,
    ...targets.map(
      (base, index): CachePart => ({ name: index === 0 ? 'target' : `target-${index}`, base, kind: 'target' }),
    ),
  ]
}

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((each) => each.isDirectory())
    .map((each) => each.name)
    .sort()

/** Returns the existing entries of a part that the cache keeps, relative to its base. */
export async function entriesOf({ base, kind }: CachePart): Promise<string[]> {
  const exists = (entry: string) => existsSync(join(base, entry))
  if (kind === 'cargo') return CARGO_HOME.filter(exists)
  if (kind === 'all') return (await foldersIn(base)).map((each) => `./${each}`)
  const first = await foldersIn(base)
  // `release`, or below the target's triple.
  const second = await Promise.all(
    first.map(async (each) => (await foldersIn(join(base, each))).map((own) => `${each}/${own}`)),
  )
  return [...first, ...second.flat()].flatMap((each) => PROFILE.map((own) => `${each}/${own}`).filter(exists))
}
