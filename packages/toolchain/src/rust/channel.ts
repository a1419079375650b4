import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { download } from '../download.ts'

/**
 * Returns the minor number of the current stable Rust, 95 for 1.95.0, from the channel's manifest (rustup's book, "Channels";
 * rust-lang/rust, `src/tools/build-manifest`).
 * @param server the server of the toolchains, without a trailing slash; `RUSTUP_DIST_SERVER` replaces it, as for rustup
 * @throws ProblemError `rust-not-installed`
 */
async function stableMinor(ports: Ports, server: string): Promise<number> {
  const base = ports.env.RUSTUP_DIST_SERVER || server
  const answer = await download(ports, `${base.replace(/\/+$/, '')}/dist/channel-rust-stable.toml`).catch((cause) => {
    throw unreadable(`The version of stable Rust cannot be read: ${cause.message}.`, cause)
  })
  const { parse } = await import('smol-toml')
  let version: unknown
  try {
    const manifest = parse(new TextDecoder().decode(answer.body)) as { pkg?: { rust?: { version?: unknown } } }
    version = manifest.pkg?.rust?.version
  } catch (cause) {
    throw unreadable('The manifest of stable Rust is not TOML.', cause)
  }
  const [, minor] = /^1\.(\d+)\.\d+/.exec(String(version)) ?? []
  if (minor === undefined) throw unreadable('The manifest of stable Rust names no version.')
  return Number(minor)
}

function unreadable(message: string, cause?: unknown): ProblemError {
  const hint =
    '`stable minus N` needs the server of the toolchains. Check the network, or pass a version such as `1.85`.'
  return new ProblemError(error('rust-not-installed', message, hint), cause)
}

/**
 * Returns the name of the toolchain that many minor releases before the current stable one: `1.93` for 2 before 1.95.
 * @throws ProblemError `rust-not-installed`, `rust-request-invalid`
 */
export async function minorsBeforeStable(ports: Ports, server: string, minors: number): Promise<string> {
  const stable = await stableMinor(ports, server)
  if (minors <= stable) return `1.${stable - minors}`
  const message = `Stable is Rust 1.${stable}, so there is no release ${minors} minor versions before it.`
  throw new ProblemError(error('rust-request-invalid', message, 'Pass a smaller number, or a version such as `1.85`.'))
}
