import { parse } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { findProgram, lastLines } from './command.ts'
import { withoutSecrets } from './secrets.ts'

/** The Rust toolchain that builds in a folder use. */
export interface Rust {
  /** Path of cargo; with rustup, its proxy, which honors the toolchain file of the working folder. */
  cargo: string
  cargoVersion: string
  rustcVersion: string
  /** The commit of rustc; absent where its builder did not record it. */
  commit?: string
  /** The target triple of this machine. */
  host: string
}

const HINT =
  'Install Rust with rustup, or set it up in an earlier step; `rustup toolchain install` installs the toolchain of rust-toolchain.toml.'

function missing(message: string, cause?: unknown): ProblemError {
  return new ProblemError(error('rust-missing', message, HINT), cause)
}

async function ask({ exec, env }: Ports, dir: string, argv: [string, string]): Promise<string> {
  // The toolchain may be the project's own: a toolchain file can name a folder in it.
  const finished = await exec({ argv, cwd: dir, env: withoutSecrets(env) }).catch((cause: unknown) => {
    throw missing(`\`${argv[0]}\` cannot be started, so nothing can be built.`, cause)
  })
  if (finished.code !== 0) throw missing(`\`${argv.join(' ')}\` failed in the project:\n${lastLines(finished)}`)
  return finished.stdout
}

function field(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw missing(`Rust printed its version in an unexpected form:\n${text.trim()}`)
  return found
}

/**
 * Returns the path of cargo, without running it.
 * @throws ProblemError `rust-missing`
 */
export async function findCargo({ env }: Pick<Ports, 'env'>): Promise<string> {
  const cargo = await findProgram(env, 'cargo')
  if (cargo === null) throw missing('`cargo` is not on PATH, so nothing can be built.')
  return cargo
}

/**
 * Finds the Rust toolchain of `dir`. cargo and rustc run there, so that rustup honors the project's toolchain file.
 * @throws ProblemError `rust-missing` when Rust, or the toolchain that the project names, is not installed
 */
export async function findRust(ports: Ports, dir: string): Promise<Rust> {
  const cargo = await findCargo(ports)
  // One after the other, because the first use may make rustup install the toolchain.
  const cargoText = await ask(ports, dir, [cargo, '--version'])
  const rustcText = await ask(ports, dir, ['rustc', '-vV'])
  const [, commit] = /^commit-hash: ([0-9a-f]+)$/m.exec(rustcText) ?? []
  return {
    cargo,
    cargoVersion: field(cargoText, /^cargo (\S+)/m),
    rustcVersion: field(rustcText, /^release: (\S+)/m),
    host: field(rustcText, /^host: (\S+)/m),
    ...(commit !== undefined && { commit }),
  }
}

/**
 * Returns the version of the default cargo, which is used without a toolchain file, or null when cargo is not installed.
 * Installs nothing: rustup runs outside any project (rustup's book, "Environment variables").
 */
export async function cargoVersion({ exec, env }: Ports): Promise<string | null> {
  const cargo = await findProgram(env, 'cargo')
  if (cargo === null) return null
  const argv = [cargo, '--version'] as const
  const finished = await exec({ argv: [...argv], cwd: parse(cargo).root, env: { RUSTUP_AUTO_INSTALL: '0' } }).catch(
    () => null,
  )
  return /^cargo (\S+)/.exec(finished?.stdout ?? '')?.[1] ?? null
}
