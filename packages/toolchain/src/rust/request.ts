import { error, ProblemError } from '@slipway/core/problem'

/** What the input `rust` asks for. */
export type RustRequest =
  /** A toolchain by its name in rustup: `stable`, `nightly-2026-01-02`, `1.85`, each perhaps with a host. */
  | { kind: 'toolchain'; name: string }
  /** The minor release that many before the current stable one. */
  | { kind: 'minus'; minors: number }
  /** The highest `rust-version` of the published crates. */
  | { kind: 'msrv' }

/** Minor releases before stable: Rust 1.0 is older than that many by far. */
const MAX_MINUS = 99

/** A toolchain's name (rustup's book, "Toolchains"): `<channel>[-<date>][-<host>]`. */
const TOOLCHAIN =
  /^(?:stable|beta|nightly|\d+\.\d+(?:\.\d+)?(?:-beta(?:\.\d+)?)?)(?:-\d{4}-\d{2}-\d{2})?(?:-[a-z0-9_]+(?:-[a-z0-9_]+){1,3})?$/

/** Whether a text can be the name of a toolchain, component or target of rustup: it never begins like an option. */
export function isRustName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_.-]*$/i.test(text)
}

/** The profiles of rustup (rustup's book, "Profiles"). */
export const PROFILES = ['minimal', 'default', 'complete'] as const

/** A profile of rustup. */
export type RustProfile = (typeof PROFILES)[number]

function invalid(what: string, hint: string): ProblemError {
  return new ProblemError(error('rust-request-invalid', what, hint))
}

/**
 * Parses the input `rust`: a channel, a version, `stable minus 2` or `msrv`.
 * @throws ProblemError `rust-request-invalid`
 */
export function parseRustRequest(text: string): RustRequest {
  const word = text.trim().toLowerCase().replace(/\s+/g, ' ')
  if (word === 'msrv') return { kind: 'msrv' }
  const [, minus] = /^(?:stable )?(?:minus |- ?)(\d{1,3})$/.exec(word) ?? []
  if (minus !== undefined && Number(minus) <= MAX_MINUS) return { kind: 'minus', minors: Number(minus) }
  if (TOOLCHAIN.test(word)) return { kind: 'toolchain', name: word }
  throw invalid(
    `The input \`rust\` is ${JSON.stringify(text)}, which names no Rust toolchain.`,
    'Pass a channel (`stable`, `beta`, `nightly-2026-01-02`), a version (`1.85` or `1.85.1`), `stable minus 2` or `msrv`.',
  )
}

/**
 * Checks names of components or targets before rustup gets them.
 * @param what `components` or `targets`
 * @throws ProblemError `rust-request-invalid`
 */
export function checkedNames(what: 'components' | 'targets', names: readonly string[]): readonly string[] {
  const wrong = names.find((each) => !isRustName(each))
  if (wrong === undefined) return names
  const examples = what === 'targets' ? '`aarch64-unknown-linux-gnu`' : '`clippy` or `rust-src`'
  throw invalid(
    `The input \`${what}\` contains ${JSON.stringify(wrong)}, which is not a name.`,
    `Pass names such as ${examples}.`,
  )
}

/**
 * Parses the name of a profile.
 * @throws ProblemError `rust-request-invalid`
 */
export function parseProfile(text: string | undefined): RustProfile | undefined {
  const found = PROFILES.find((each) => each === text)
  if (text === undefined || found !== undefined) return found
  throw invalid(
    `The input \`profile\` is ${JSON.stringify(text)}, which is no profile of rustup.`,
    'Pass `minimal`, `default` or `complete`.',
  )
}
