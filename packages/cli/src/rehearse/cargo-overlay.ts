import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PUBLIC } from '@slipway/registries/endpoints'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { stringify, type TomlTable } from 'smol-toml'

type Env = Readonly<Record<string, string | undefined>>

/** The index that the sandbox's cargo registry lies over: what the user's own cargo takes for crates.io. */
export async function cargoUpstream(env: Env): Promise<string> {
  return (await readCargoConfig(env)).replacement ?? PUBLIC.crates.index
}

/** The tables of cargo's configuration that put another registry in the place of crates.io; empty where the user has none. */
export async function replacedSource(env: Env): Promise<Record<string, TomlTable>> {
  const { replacement } = await readCargoConfig(env)
  if (replacement === null) return {}
  return { source: { 'crates-io': { 'replace-with': 'replacement' }, replacement: { registry: replacement } } }
}

/**
 * Makes a CARGO_HOME in which crates.io is the sandbox's registry, and gives the environment that selects it.
 * It is not the user's own: cargo keeps what it downloads by the registry's address, which is another for each sandbox.
 */
export async function overlayCargoHome(env: Env, home: string, index: string): Promise<Record<string, string>> {
  await mkdir(home, { recursive: true })
  const { network } = await readCargoConfig(env)
  const source = { 'crates-io': { 'replace-with': 'slipway-sandbox' }, 'slipway-sandbox': { registry: index } }
  await writeFile(join(home, 'config.toml'), stringify({ ...network, source }))
  return { CARGO_HOME: home }
}
