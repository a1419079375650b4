import type { Ports } from '@slipway/core/ports'
import { findProgram } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'

/** The rustup of this machine, run in a project's folder. */
export interface Rustup {
  /** Runs rustup without installing anything that is not asked for; its output goes to the debug log. */
  run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

/** Returns the rustup on PATH, or null: Rust may come from elsewhere. */
export async function findRustup(ports: Ports, dir: string): Promise<Rustup | null> {
  const program = await findProgram(ports.env, 'rustup')
  if (program === null) return null
  // Without automatic installation, a question about a missing toolchain fails instead of downloading it.
  const env = { ...withoutSecrets(ports.env), RUSTUP_AUTO_INSTALL: '0', RUST_BACKTRACE: '0' }
  return {
    run: (...args) => ports.exec({ argv: [program, ...args], cwd: dir, env, onLine: ports.log.debug }),
  }
}

/** Returns the names of the installed toolchains, with their hosts. */
export async function installedToolchains(rustup: Rustup): Promise<string[]> {
  const { stdout } = await rustup.run('toolchain', 'list')
  if (stdout.startsWith('no installed')) return []
  return stdout.split('\n').flatMap((line) => /^[\w.-]+/.exec(line.trim()) ?? [])
}

/** The toolchain that rustup would use in a folder. */
export interface ActiveToolchain {
  name: string
  /** Whether an override for the folder chooses it (`rustup override set`). */
  isOverridden: boolean
}

/** Returns the toolchain that rustup would use in the project; null when it has none, or the chosen one is not installed. */
export async function activeToolchain(rustup: Rustup): Promise<ActiveToolchain | null> {
  const { code, stdout } = await rustup.run('show', 'active-toolchain')
  const [name] = /^\S+/.exec(stdout) ?? []
  if (code !== 0 || name === undefined) return null
  return { name, isOverridden: stdout.includes('directory override') }
}

/** Whether an installed toolchain, `1.85.0-x86_64-unknown-linux-gnu`, has a name with or without the host: `1.85.0`. */
export function isNamed(installed: string, name: string): boolean {
  if (installed === name) return true
  // A date after the channel makes another toolchain; a host begins with the processor.
  return (
    installed.startsWith(`${name}-`) && /^-[a-z]\w*-/.test(installed.slice(name.length)) && !isBeta(installed, name)
  )
}

/** Whether the rest is a prerelease: `1.85.0-beta.1`. */
function isBeta(installed: string, name: string): boolean {
  return installed.slice(name.length).startsWith('-beta')
}
