import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TomlTable } from 'smol-toml'

/** The parts of cargo's configuration that decide how registries are reached. */
export interface CargoConfig {
  /** Index of the registry that replaces crates.io (`sparse+https://…/`); null when crates.io is not replaced. */
  replacement: string | null
  /** Index of each named registry, by name. */
  registries: Record<string, string>
  /** The `[http]` and `[net]` tables; another CARGO_HOME needs them to reach the same registries. */
  network: TomlTable
}

/**
 * Reads cargo's configuration for a folder: its own, that of each folder above it, and that in CARGO_HOME, of which the
 * nearest counts (cargo reference, "Hierarchical structure" and "Source Replacement"). A missing or broken file counts as
 * empty: cargo itself reports a broken one.
 * @param env for CARGO_HOME
 * @param dir absolute; by default only CARGO_HOME is read
 */
export async function readCargoConfig(
  env: Readonly<Record<string, string | undefined>>,
  dir?: string,
): Promise<CargoConfig> {
  const found = await Promise.all(configFolders(env, dir).map(configIn))
  const config = found.reduceRight<TomlTable>((far, each) => merged(far, each), {})
  const network: TomlTable = {}
  for (const key of ['http', 'net']) if (config[key] !== undefined) network[key] = config[key]
  const named = Object.entries((config.registries ?? {}) as Record<string, { index?: string } | undefined>)
  const registries = Object.fromEntries(named.flatMap(([name, each]) => (each?.index ? [[name, each.index]] : [])))
  return { replacement: replacementOf(config), registries, network }
}

/** Returns the tables of cargo's configuration that replace crates.io with another registry; empty without one. */
export function replacedSource(replacement: string | null): Record<string, TomlTable> {
  if (replacement === null) return {}
  return { source: { 'crates-io': { 'replace-with': 'replacement' }, replacement: { registry: replacement } } }
}

/**
 * Returns the existing files of cargo's configuration for a folder, nearest first (the Cargo book, "Hierarchical structure").
 * @param dir absolute
 */
export async function cargoConfigFiles(
  env: Readonly<Record<string, string | undefined>>,
  dir: string,
): Promise<string[]> {
  const files = configFolders(env, dir).flatMap((each) => [join(each, 'config.toml'), join(each, 'config')])
  return files.filter((each) => existsSync(each))
}

/** Returns the folders that may have cargo's configuration, nearest first, CARGO_HOME last; each once. */
function configFolders(env: Readonly<Record<string, string | undefined>>, dir: string | undefined): string[] {
  const near = dir === undefined ? [] : andAbove(dir).map((each) => join(each, '.cargo'))
  return [...new Set([...near, env.CARGO_HOME ?? join(homedir(), '.cargo')])]
}

/** Returns a folder and all folders above it. */
function andAbove(dir: string): string[] {
  const above = dirname(dir)
  return above === dir ? [dir] : [dir, ...andAbove(above)]
}

async function configIn(folder: string): Promise<TomlTable> {
  return (await readToml(join(folder, 'config.toml'))) ?? (await readToml(join(folder, 'config'))) ?? {}
}

/** Merges tables key by key; the values of the second win. */
function merged(far: TomlTable, near: TomlTable): TomlTable {
  const all = { ...far, ...near }
  for (const [key, value] of Object.entries(near))
    if (isTable(value) && isTable(far[key])) all[key] = merged(far[key], value)
  return all
}

function isTable(value: TomlTable[string] | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
}

async function readToml(path: string): Promise<TomlTable | null> {
  try {
    const text = await readFile(path, 'utf8')
    // Imported only when such a file exists, to keep an action's start fast.
    const { parse } = await import('smol-toml')
    return parse(text)
  } catch {
    return null
  }
}

function replacementOf(config: TomlTable): string | null {
  const sources = (config.source ?? {}) as Record<string, { 'replace-with'?: string; registry?: string } | undefined>
  const registries = (config.registries ?? {}) as Record<string, { index?: string } | undefined>
  const seen = new Set<string>()
  let name: string | undefined = sources['crates-io']?.['replace-with']
  let index: string | null = null
  while (name !== undefined && !seen.has(name)) {
    seen.add(name)
    index = sources[name]?.registry ?? registries[name]?.index ?? null
    name = sources[name]?.['replace-with']
  }
  return index?.startsWith('sparse+') ? index : null
}
