/** A dependency as `cargo publish` sends it (cargo reference "Registry Web API", Publish). */
export interface PublishedDependency {
  name: string
  version_req: string
  features: string[]
  optional: boolean
  default_features: boolean
  target: string | null
  kind: 'dev' | 'build' | 'normal'
  registry?: string | null
  explicit_name_in_toml?: string | null
}

/** The metadata that `cargo publish` sends, with the fields used here. */
export interface PublishedMetadata {
  name: string
  vers: string
  deps: PublishedDependency[]
  features: Record<string, string[]>
  description?: string | null
  repository?: string | null
  license?: string | null
  license_file?: string | null
  keywords?: string[]
  links?: string | null
  rust_version?: string | null
}

/** A version's line in the index (cargo reference "Registry Index", JSON schema). */
export interface IndexEntry {
  name: string
  vers: string
  deps: {
    name: string
    req: string
    features: string[]
    optional: boolean
    default_features: boolean
    target: string | null
    kind: string
    registry?: string
    package?: string
  }[]
  cksum: string
  features: Record<string, string[]>
  features2?: Record<string, string[]>
  yanked: boolean
  links?: string
  rust_version?: string
  v?: 2
}

/**
 * Returns the index line of a published version. A dependency's `name` is the name in the code and `package` the
 * crate's, the reverse of the publish request; features that old cargos cannot read (`dep:`, `?/`) go to `features2`,
 * marked by `v: 2`.
 */
export function indexEntry(metadata: PublishedMetadata, cksum: string): IndexEntry {
  const isNew = ([, values]: [string, string[]]) =>
    values.some((each) => each.startsWith('dep:') || each.includes('?/'))
  const features = Object.entries(metadata.features)
  const features2 = features.filter(isNew)
  return {
    name: metadata.name,
    vers: metadata.vers,
    deps: metadata.deps.map((each) => ({
      name: each.explicit_name_in_toml ?? each.name,
      req: each.version_req,
      features: each.features,
      optional: each.optional,
      default_features: each.default_features,
      target: each.target,
      kind: each.kind,
      ...(each.explicit_name_in_toml && { package: each.name }),
    })),
    cksum,
    features: Object.fromEntries(features.filter((each) => !isNew(each))),
    ...(features2.length > 0 && { features2: Object.fromEntries(features2) }),
    yanked: false,
    ...(metadata.links && { links: metadata.links }),
    ...(metadata.rust_version && { rust_version: metadata.rust_version }),
    ...(features2.length > 0 && { v: 2 }),
  }
}

/** Returns the folders of a crate's lines (cargo reference "Registry Index", Index files), in the name's own case. */
export function indexPrefix(name: string): string {
  if (name.length <= 2) return String(name.length)
  return name.length === 3 ? `3/${name[0]}` : `${name.slice(0, 2)}/${name.slice(2, 4)}`
}

/** Returns the path of a crate's lines; the index has lower-case names only. */
export function indexPath(name: string): string {
  const lower = name.toLowerCase()
  return `${indexPrefix(lower)}/${lower}`
}
