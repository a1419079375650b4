import { parse } from 'smol-toml'
import { PUBLIC } from '../endpoints.ts'

/** A dependency in a publish request (cargo reference, "Registry Web API", section "Publish"). */
interface PublishedDependency {
  name: string
  version_req: string
  features: string[]
  optional: boolean
  default_features: boolean
  target: string | null
  kind: 'normal' | 'dev' | 'build'
  /** Index of the registry it comes from; null for the registry that is published to (in Cargo.toml: for crates.io). */
  registry: string | null
  /** The name that the crate's code uses, if it differs from the package's. */
  explicit_name_in_toml?: string
}

/** Metadata of a crate in a publish request. */
export interface PublishedMetadata {
  name: string
  vers: string
  deps: PublishedDependency[]
  features: Record<string, string[]>
  authors: string[]
  description: string | null
  documentation: string | null
  homepage: string | null
  readme: string | null
  readme_file: string | null
  keywords: string[]
  categories: string[]
  license: string | null
  license_file: string | null
  repository: string | null
  badges: Record<string, Record<string, string>>
  links: string | null
  rust_version: string | null
}

type Table = Record<string, unknown>

interface WrittenDependency {
  version?: string
  package?: string
  features?: string[]
  optional?: boolean
  'default-features'?: boolean
  'registry-index'?: string
}

/**
 * Returns the metadata that cargo sends with a crate, from the Cargo.toml that cargo wrote into it: that one has no
 * inherited values and no path dependencies, and each dependency is a table.
 * @param cargoToml text of the Cargo.toml in the .crate
 * @param fileText returns the text of another file in the .crate, or null
 * @param index of the registry that it is published to, as cargo spells it; null for crates.io
 */
export function publishedMetadata(
  cargoToml: string,
  fileText: (path: string) => string | null,
  index: string | null,
): PublishedMetadata {
  const manifest = parse(cargoToml) as Table
  const about = (manifest.package ?? {}) as Table
  const text = (key: string): string | null => (typeof about[key] === 'string' ? (about[key] as string) : null)
  const list = (key: string): string[] => (Array.isArray(about[key]) ? (about[key] as string[]) : [])
  const readmeFile = text('readme')
  return {
    name: text('name') ?? '',
    vers: text('version') ?? '',
    deps: dependenciesOf(manifest).map((each) => ({ ...each, registry: seenFrom(index, each.registry) })),
    features: (manifest.features ?? {}) as Record<string, string[]>,
    authors: list('authors'),
    description: text('description'),
    documentation: text('documentation'),
    homepage: text('homepage'),
    readme: readmeFile === null ? null : fileText(readmeFile),
    readme_file: readmeFile,
    keywords: list('keywords'),
    categories: list('categories'),
    license: text('license'),
    license_file: text('license-file'),
    repository: text('repository'),
    badges: (manifest.badges ?? {}) as PublishedMetadata['badges'],
    links: text('links'),
    rust_version: text('rust-version'),
  }
}

/** Returns a dependency's index as seen from the registry that is published to: null for that registry. */
function seenFrom(index: string | null, of: string | null): string | null {
  if (of === index) return null
  return of ?? PUBLIC.crates.name
}

const KINDS = { dependencies: 'normal', 'dev-dependencies': 'dev', 'build-dependencies': 'build' } as const

function dependenciesOf(manifest: Table): PublishedDependency[] {
  const targets = Object.entries((manifest.target ?? {}) as Record<string, Table>)
  const places: [string | null, Table][] = [[null, manifest], ...targets]
  return places.flatMap(([target, tables]) =>
    Object.entries(KINDS).flatMap(([key, kind]) =>
      Object.entries((tables[key] ?? {}) as Record<string, string | WrittenDependency>).map(([name, written]) =>
        dependency(name, typeof written === 'string' ? { version: written } : written, kind, target),
      ),
    ),
  )
}

function dependency(
  name: string,
  written: WrittenDependency,
  kind: PublishedDependency['kind'],
  target: string | null,
): PublishedDependency {
  const renamed = written.package !== undefined && written.package !== name
  return {
    name: written.package ?? name,
    version_req: requirement(written.version ?? '*'),
    features: written.features ?? [],
    optional: written.optional ?? false,
    default_features: written['default-features'] ?? true,
    target,
    kind,
    registry: written['registry-index'] ?? null,
    ...(renamed && { explicit_name_in_toml: name }),
  }
}

/** Returns a version requirement as the semver crate spells it: a bare version is a caret requirement. */
function requirement(written: string): string {
  return written
    .split(',')
    .map((part) => part.trim().replace(/^(\^|~|=|<=|>=|<|>)\s+/, '$1'))
    .map((part) => (/^\d/.test(part) && !/[*xX]/.test(part.replace(/[-+].*/, '')) ? `^${part}` : part))
    .join(', ')
}
