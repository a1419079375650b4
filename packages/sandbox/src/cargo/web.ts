import type { IndexEntry } from './entry.ts'
import type { Crate, Version } from './state.ts'

/** Returns a crate in the form of the Web API. `versions` are already in that form, newest last. */
export function presentedCrate(
  crate: Pick<Crate, 'name' | 'description' | 'repository'>,
  versions: { num: string }[],
  trustpubOnly: boolean,
) {
  const { name, description, repository = null } = crate
  const newest = versions.at(-1)?.num
  return { id: name, name, description, repository, newest_version: newest, trustpub_only: trustpubOnly }
}

/** Returns a version in the form of the Web API. */
export function presented({ entry, license, size, publishedAt }: Version) {
  const time = new Date(publishedAt).toISOString()
  return { ...fromEntry(entry), license, crate_size: size, created_at: time, updated_at: time }
}

/** Returns the versions of an upstream's lines in the form of the Web API, with the fields that an index has. */
export function presentedLines(lines: string) {
  const entries = lines.split('\n').filter(Boolean)
  return entries.map((line) => fromEntry(JSON.parse(line) as IndexEntry))
}

function fromEntry(entry: IndexEntry) {
  return {
    crate: entry.name,
    num: entry.vers,
    checksum: entry.cksum,
    yanked: entry.yanked,
    dl_path: `/api/v1/crates/${entry.name}/${entry.vers}/download`,
    features: { ...entry.features, ...entry.features2 },
    rust_version: entry.rust_version ?? null,
    links: entry.links ?? null,
  }
}
