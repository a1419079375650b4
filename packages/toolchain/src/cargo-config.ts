import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { TomlTable } from 'smol-toml'

/** The parts of the user's cargo configuration that decide how registries are reached. */
export interface CargoConfig {
  /** Index of the registry that replaces crates.io (`sparse+https://…/`); null when crates.io is not replaced. */
  replacement: string | null
  /** Index of each named registry, by name. */
  registries: Record<string, string>
  /** The `[http]` and `[net]` tables; another CARGO_HOME needs them to reach the same registries. */
  network: TomlTable
}

/**
 * Reads the configuration in CARGO_HOME (cargo reference, "Configuration" and "Source Replacement").
 * A missing or broken file counts as empty: cargo itself reports a broken one.
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
