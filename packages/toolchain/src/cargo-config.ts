import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { TomlTable } from 'smol-toml'

/** What the user's own cargo configuration says of reaching crates.io. */
export interface CargoConfig {
  /** Index of the registry that stands in for crates.io (`sparse+https://…/`); null when crates.io is asked itself. */
  replacement: string | null
  /** Index of each registry that is named, by name. */
  registries: Record<string, string>
  /** The `[http]` and `[net]` tables, which another CARGO_HOME needs to reach the same registries. */
  network: TomlTable
}

/**
 * Reads the configuration in CARGO_HOME (cargo reference, "Configuration" and "Source Replacement").
 * What is missing or broken is taken as empty: cargo itself tells the user of a broken one.
 * @param env for CARGO_HOME
 */
export async function readCargoConfig(env: Readonly<Record<string, string | undefined>>): Promise<CargoConfig> {
  const home = env.CARGO_HOME ?? join(homedir(), '.cargo')
  const config = (await readToml(join(home, 'config.toml'))) ?? (await readToml(join(home, 'config'))) ?? {}
  const network: TomlTable = {}
  for (const key of ['http', 'net']) if (config[key] !== undefined) network[key] = config[key]
  const named = Object.entries((config.registries ?? {}) as Record<string, { index?: string } | undefined>)
  const registries = Object.fromEntries(named.flatMap(([name, each]) => (each?.index ? [[name, each.index]] : [])))
  return { replacement: replacementOf(config), registries, network }
}

async function readToml(path: string): Promise<TomlTable | null> {
  try {
    const text = await readFile(path, 'utf8')
    // Loaded where there is such a file: an action's start is measured.
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
  let found: string | null = null
  while (name !== undefined && !seen.has(name)) {
    seen.add(name)
    found = sources[name]?.registry ?? registries[name]?.index ?? null
    name = sources[name]?.['replace-with']
  }
  return found?.startsWith('sparse+') ? found : null
}
