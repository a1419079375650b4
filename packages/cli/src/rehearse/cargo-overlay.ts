import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PUBLIC } from '@slipway/registries/endpoints'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { stringify } from 'smol-toml'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Returns the index under the sandbox's cargo registry: the one that cargo uses as crates.io in a folder.
 * @param dir absolute; by default only the user's configuration counts
 */
export async function cargoUpstream(env: Env, dir?: string): Promise<string> {
  return (await readCargoConfig(env, dir)).replacement ?? PUBLIC.crates.index
}

/**
 * Creates a CARGO_HOME in which crates.io is the sandbox's registry, and returns the environment that selects it. The
 * user's own is not used: cargo caches downloads by the registry's address, which differs for each sandbox.
 */
export async function overlayCargoHome(env: Env, home: string, index: string): Promise<Record<string, string>> {
  await mkdir(home, { recursive: true })
  const { network } = await readCargoConfig(env)
  const source = { 'crates-io': { 'replace-with': 'slipway-sandbox' }, 'slipway-sandbox': { registry: index } }
  await writeFile(join(home, 'config.toml'), stringify({ ...network, source }))
  return { CARGO_HOME: home }
}
