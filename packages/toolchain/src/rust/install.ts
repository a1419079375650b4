import type { Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { findProgram, lastLines } from '../command.ts'
import type { Rust } from '../rust.ts'
import type { RustProfile } from './request.ts'
import { installedToolchains, isNamed, type Rustup } from './rustup.ts'

/** What a toolchain must contain. */
export interface RustParts {
  profile: RustProfile | undefined
  components: readonly string[]
}

/** A toolchain of rustup that is installed now. */
export interface InstalledToolchain {
  name: string
  /** Whether this run installed it. */
  isNew: boolean
}

/** The components of each profile beyond those of `minimal` (rustup's book, "Profiles"); null for all there are. */
const BEYOND_MINIMAL: Record<RustProfile, readonly string[] | null> = {
  minimal: [],
  default: ['rustfmt', 'clippy'],
  complete: null,
}

/** Returns the installed toolchain that a name means, the newest patch release for `1.85`; null when there is none. */
export function matching(installed: readonly string[], name: string): string | null {
  const exact = installed.find((each) => isNamed(each, name))
  if (exact !== undefined || !/^\d+\.\d+$/.test(name)) return exact ?? null
  const patches = installed.filter(
    (each) => each.startsWith(`${name}.`) && isNamed(each, /^[\d.]+/.exec(each)?.[0] ?? ''),
  )
  const patchOf = (each: string) => Number(each.split('.')[2]?.split('-')[0])
  return patches.sort((a, b) => patchOf(b) - patchOf(a))[0] ?? null
}

/** Returns the installed stable toolchain if it has a version: `1.95` or `1.95.0`. */
async function stableOf(rustup: Rustup, installed: readonly string[], name: string): Promise<string | null> {
  const stable = installed.find((each) => isNamed(each, 'stable'))
  if (stable === undefined || !/^\d+\.\d+(\.\d+)?$/.test(name)) return null
  const { stdout } = await rustup.run('run', stable, 'rustc', '--version')
  const [, version = ''] = /^rustc (\d+\.\d+\.\d+) /.exec(stdout) ?? []
  return version === name || version.startsWith(`${name}.`) ? stable : null
}

/** Returns the problem of a failed installation: the components are not available, or something else. */
function failed(what: string, finished: Finished): ProblemError {
  const isMissing = /component .*(?:unavailable|does not contain)|does not contain component/.test(finished.stderr)
  const [code, hint] = isMissing
    ? [
        'rust-component-missing',
        'Check the names of the components, or choose a toolchain that has them: not every nightly has all.',
      ]
    : [
        'rust-not-installed',
        'Check the name of the toolchain, and that the runner reaches the server of the toolchains; without a network, install it beforehand.',
      ]
  return new ProblemError(error(code, `rustup could not ${what}:\n${lastLines(finished)}`, hint))
}

async function mustRustup(rustup: Rustup, what: string, args: readonly string[]): Promise<Finished> {
  const finished = await rustup.run(...args)
  if (finished.code !== 0) throw failed(what, finished)
  return finished
}

/** Adds the components that an installed toolchain does not have yet. */
async function addComponents(rustup: Rustup, name: string, { profile, components }: RustParts): Promise<void> {
  const ofProfile = BEYOND_MINIMAL[profile ?? 'minimal']
  if (ofProfile === null) {
    await mustRustup(rustup, `complete ${name}`, installArguments(name, { profile, components }))
    return
  }
  const wanted = [...new Set([...ofProfile, ...components])]
  if (wanted.length === 0) return
  const { stdout } = await mustRustup(rustup, `list the components of ${name}`, [
    'component',
    'list',
    '--toolchain',
    name,
    '--installed',
  ])
  const present = stdout.split('\n').map((each) => each.trim())
  // A component for one host ends with its name.
  const missing = wanted.filter((each) => !present.some((one) => one === each || one.startsWith(`${each}-`)))
  if (missing.length === 0) return
  await mustRustup(rustup, `add ${missing.join(', ')} to ${name}`, [
    'component',
    'add',
    '--toolchain',
    name,
    ...missing,
  ])
}

function installArguments(name: string, { profile = 'minimal', components }: RustParts): string[] {
  const more = components.flatMap((each) => ['--component', each])
  return ['toolchain', 'install', name, '--no-self-update', '--profile', profile, ...more]
}

/**
 * Returns the installed toolchain that a name means, with its components; installs what is missing. An installed channel is
 * not updated. Changes neither rustup's default nor any override.
 * @param isExact whether rustup will look for exactly this name, as it does for that in a toolchain file; otherwise 1.95.1 is
 * good for `1.95`, and so is `stable` if it is of that version
 * @throws ProblemError `rust-not-installed`, `rust-component-missing`
 */
export async function provideToolchain(
  rustup: Rustup,
  name: string,
  parts: RustParts,
  isExact: boolean,
): Promise<InstalledToolchain> {
  const installed = await installedToolchains(rustup)
  const found = isExact
    ? (installed.find((each) => isNamed(each, name)) ?? null)
    : (matching(installed, name) ?? (await stableOf(rustup, installed, name)))
  if (found !== null) {
    await addComponents(rustup, found, parts)
    return { name: found, isNew: false }
  }
  await mustRustup(rustup, `install Rust ${name}`, installArguments(name, parts))
  return { name, isNew: true }
}

/**
 * Whether the Rust on PATH is a toolchain of rustup, as it is where rustup's proxies come first.
 * @param name of the toolchain
 * @param rust what cargo and rustc on PATH are with that toolchain
 */
export async function isToolchain(rustup: Rustup, name: string, rust: Rust): Promise<boolean> {
  const { stdout } = await rustup.run('run', name, 'rustc', '-vV')
  const field = (key: string) => new RegExp(`^${key}: (\\S+)`, 'm').exec(stdout)?.[1]
  return field('release') === rust.rustcVersion && (rust.commit === undefined || field('commit-hash') === rust.commit)
}

/** Returns the problem of a requested toolchain that another Rust on PATH hides. */
export function hiddenToolchain(name: string, { rustcVersion, cargo }: Rust): ProblemError {
  const message = `rustup has Rust ${name}, but \`cargo\` on PATH is ${cargo} with Rust ${rustcVersion}, which a build would use.`
  const hint = "Put the folder of rustup's proxies, usually ~/.cargo/bin, first on PATH, or remove the other Rust."
  return new ProblemError(error('rust-not-installed', message, hint))
}

/** The programs of components that people ask for, to find them where Rust came without rustup. */
const PROGRAMS: Record<string, string> = {
  clippy: 'cargo-clippy',
  rustfmt: 'rustfmt',
  'rust-analyzer': 'rust-analyzer',
}

/**
 * Checks a Rust that rustup does not manage.
 * @throws ProblemError `rust-not-installed` for another version than `name`, `rust-component-missing`
 */
export async function requireUnmanaged(
  ports: Ports,
  version: string,
  name: string | null,
  components: readonly string[],
): Promise<void> {
  const isRelease = /^\d+\.\d+\.\d+$/.test(version)
  const isOfChannel = name === 'stable' ? isRelease : name !== null && version.includes(`-${name}`)
  const fits = name === null || isOfChannel || version === name || (isRelease && version.startsWith(`${name}.`))
  if (!fits) {
    const message = `Rust ${name} is requested, but this machine has ${version} and no rustup to install another.`
    throw new ProblemError(
      error('rust-not-installed', message, 'Install rustup on the runner, or request the existing version.'),
    )
  }
  for (const each of components) {
    const program = PROGRAMS[each]
    if (program !== undefined && (await findProgram(ports.env, program)) !== null) continue
    const message = `The component ${each} of Rust cannot be added, because rustup does not manage this Rust.`
    throw new ProblemError(error('rust-component-missing', message, 'Install it as you installed Rust, or use rustup.'))
  }
}
