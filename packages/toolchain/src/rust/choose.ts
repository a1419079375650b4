import type { Ports } from '@slipway/core/ports'
import { minorsBeforeStable } from './channel.ts'
import { isRustName, type RustRequest } from './request.ts'
import { activeToolchain, isNamed, type Rustup } from './rustup.ts'

/** What decides which Rust a job uses, the first that is set. */
export interface RustSources {
  /** The input `rust`. */
  request: RustRequest | undefined
  /** Returns the highest `rust-version` of the published crates. @throws ProblemError `msrv-missing` */
  msrv: () => Promise<string>
  /** The project's toolchain file, if it names a toolchain or a folder with one. */
  file: { name: string; channel: string | undefined } | null
  /** The server of the toolchains; `RUSTUP_DIST_SERVER` replaces it. */
  server: string
}

/** The chosen Rust. */
export interface ChosenRust {
  /** Name of the toolchain; null for the one that rustup uses anyway: a folder, or an override. */
  name: string | null
  /** Why, for people: `rust-toolchain.toml`. */
  why: string
  /** Whether later steps need `RUSTUP_TOOLCHAIN`, because rustup would not choose it by itself. */
  isExported: boolean
}

/** Returns the name of a toolchain; null for a folder, which is used as it is, and for what rustup would take for an option. */
function installable(name: string | undefined): string | null {
  return name !== undefined && isRustName(name) ? name : null
}

async function requested(ports: Ports, request: RustRequest, { msrv, server }: RustSources): Promise<ChosenRust> {
  switch (request.kind) {
    case 'toolchain':
      return { name: request.name, why: `input \`rust\`: ${request.name}`, isExported: true }
    case 'minus': {
      const name = await minorsBeforeStable(ports, server, request.minors)
      return { name, why: `input \`rust\`: stable minus ${request.minors}`, isExported: true }
    }
    case 'msrv':
      return {
        name: await msrv(),
        why: 'input `rust`: msrv, the highest `rust-version` of the published crates',
        isExported: true,
      }
  }
}

/**
 * Chooses the Rust of a job: the input, else `RUSTUP_TOOLCHAIN`, an override for the folder, the toolchain file, and stable
 * (rustup's book, "Overrides", has that order).
 * @param rustup null if Rust comes from elsewhere
 * @throws ProblemError `msrv-missing`, `rust-not-installed`, `rust-request-invalid`
 */
export async function chooseRust(ports: Ports, rustup: Rustup | null, sources: RustSources): Promise<ChosenRust> {
  const { request, file } = sources
  if (request !== undefined) return requested(ports, request, sources)
  if (ports.env.RUSTUP_TOOLCHAIN)
    return { name: installable(ports.env.RUSTUP_TOOLCHAIN), why: 'variable RUSTUP_TOOLCHAIN', isExported: false }
  const active = rustup && (await activeToolchain(rustup))
  if (active?.isOverridden)
    return { name: null, why: `rustup’s override for the folder: ${active.name}`, isExported: false }
  if (file !== null) return { name: installable(file.channel), why: file.name, isExported: false }
  if (rustup === null) return { name: null, why: 'Rust on PATH; there is no rustup', isExported: false }
  const isActive = active !== null && isNamed(active.name, 'stable')
  return { name: 'stable', why: 'default: no input `rust`, no toolchain file', isExported: !isActive }
}
