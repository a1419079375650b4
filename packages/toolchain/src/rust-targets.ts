import { dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { findProgram, mustRun } from './command.ts'

/** The targets that maturin builds a universal wheel of macOS for (maturin's guide, "Cross compiling"). */
const UNIVERSAL2 = ['x86_64-apple-darwin', 'aarch64-apple-darwin']

/**
 * Returns the path of rustup if it manages the cargo on PATH, which is then a proxy in the same folder (rustup's book,
 * "Concepts"); null otherwise.
 */
async function managingRustup(env: Ports['env']): Promise<string | null> {
  const [rustup, cargo] = await Promise.all([findProgram(env, 'rustup'), findProgram(env, 'cargo')])
  return rustup !== null && cargo !== null && dirname(rustup) !== dirname(cargo) ? null : rustup
}

/**
 * Adds what the project's Rust toolchain lacks to compile for targets, if rustup manages it (rustup's book,
 * "Cross-compilation"). Other installations are left alone: cargo reports what they lack.
 * @param dir the project, whose toolchain file applies
 * @throws ProblemError `rust-target-missing`
 */
export async function addTargets(ports: Ports, dir: string, targets: readonly string[]): Promise<void> {
  const rustup = await managingRustup(ports.env)
  if (rustup === null || targets.length === 0) return
  const failure = {
    code: 'rust-target-missing',
    what: `rustup could not add ${targets.join(', ')} to the Rust toolchain`,
    hint: 'Check the names of the targets, and that the runner reaches the server of the toolchains.',
  }
  const run = (...args: string[]) =>
    mustRun(
      ports.exec,
      { argv: [rustup, ...args], cwd: dir, env: { RUST_BACKTRACE: '0' }, onLine: ports.log.debug },
      failure,
    )
  const wanted = targets.flatMap((each) => (each === 'universal2-apple-darwin' ? UNIVERSAL2 : [each]))
  const { stdout } = await run('target', 'list', '--installed')
  const installed = new Set(stdout.split('\n').map((each) => each.trim()))
  const missing = wanted.filter((each) => !installed.has(each))
  if (missing.length === 0) return
  ports.log.info(`Adding ${missing.join(', ')} to the Rust toolchain.`)
  await run('target', 'add', ...missing)
}
