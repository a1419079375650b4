import { parse } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { findProgram, lastLines } from './command.ts'

/** The Rust that a folder's builds use. */
export interface Rust {
  /** Path of cargo; under rustup it is the proxy, which honours the toolchain file of the folder it runs in. */
  cargo: string
  cargoVersion: string
  rustcVersion: string
  /** The target triple of this machine. */
  host: string
}

const HINT =
  'Install Rust with rustup, or set it up in an earlier step; a toolchain that rust-toolchain.toml names is installed by `rustup toolchain install`.'

function missing(message: string, cause?: unknown): ProblemError {
  return new ProblemError(error('rust-missing', message, HINT), cause)
}

async function ask({ exec }: Ports, dir: string, argv: [string, string]): Promise<string> {
  const finished = await exec({ argv, cwd: dir }).catch((cause: unknown) => {
    throw missing(`\`${argv[0]}\` cannot be started, so nothing can be built.`, cause)
  })
  if (finished.code !== 0) throw missing(`\`${argv.join(' ')}\` fails in the project:\n${lastLines(finished)}`)
  return finished.stdout
}

function field(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw missing(`Rust does not tell its version as expected:\n${text.trim()}`)
  return found
}

/**
 * The Rust that is used in `dir`: cargo and rustc are asked there, so rustup heeds the project's toolchain file.
 * @throws ProblemError `rust-missing` when there is none, or not the one that the project names
 */
export async function findRust(ports: Ports, dir: string): Promise<Rust> {
  const cargo = await findProgram(ports.env, 'cargo')
  if (cargo === null) throw missing('There is no `cargo` on PATH, so nothing can be built.')
  // One after the other: a first use may make rustup install the toolchain.
  const cargoText = await ask(ports, dir, [cargo, '--version'])
  const rustcText = await ask(ports, dir, ['rustc', '-vV'])
  return {
    cargo,
    cargoVersion: field(cargoText, /^cargo (\S+)/m),
    rustcVersion: field(rustcText, /^release: (\S+)/m),
    host: field(rustcText, /^host: (\S+)/m),
  }
}

/**
 * Version of the cargo that is used where no toolchain file asks for another, or null when there is none. Installs
 * nothing: rustup is asked outside of any project (rustup's book, "Environment variables").
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
