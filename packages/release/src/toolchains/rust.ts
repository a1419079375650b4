import { dirname } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import { highestRustVersion } from '@slipway/project/cargo/rust-version'
import { type ToolchainFile, toolchainFile } from '@slipway/project/cargo/toolchain-file'
import { PUBLIC } from '@slipway/registries/endpoints'
import { withVariables } from '@slipway/toolchain/environment'
import { findRust, type Rust } from '@slipway/toolchain/rust'
import { type ChosenRust, chooseRust } from '@slipway/toolchain/rust/choose'
import { hiddenToolchain, isToolchain, provideToolchain, requireUnmanaged } from '@slipway/toolchain/rust/install'
import { isRustName, type RustProfile } from '@slipway/toolchain/rust/request'
import { findRustup, type Rustup } from '@slipway/toolchain/rust/rustup'
import { addTargets } from '@slipway/toolchain/rust-targets'
import type { ToolchainRequest } from './request.ts'

/** The Rust of a job. */
export interface ProvidedRust {
  rust: Rust
  /** Why this one, for people. */
  why: string
  /** Where it came from, for people: `rustup`. */
  from: string
  isNew: boolean
  /** The targets that it compiles for, beside its own. */
  targets: readonly string[]
  /** Variables for later steps. */
  variables: Record<string, string>
  /** Ports whose commands use this Rust. */
  ports: Ports
}

/** Returns the toolchain file that rustup uses in a folder: its own, or that of the nearest folder above. */
async function nearestToolchainFile(dir: string): Promise<ToolchainFile | null> {
  for (let folder = dir; ; folder = dirname(folder)) {
    const found = await toolchainFile(new Folder(folder))
    if (found !== null || dirname(folder) === folder) return found
  }
}

/** Returns the highest `rust-version` of the crates that are published or built into a package. @throws ProblemError `msrv-missing` */
async function msrvOf(dir: string, { tag }: Plan): Promise<string> {
  const { plan, project } = await planFolder(new Folder(dir), { tag })
  const isPublished = (path: string) => plan.crates.some((each) => each.path === path && each.publish !== false)
  const isBuilt = (path: string) => project.packages.some((each) => each.crate?.path === path)
  const crates = project.crates.filter(({ path }) => isPublished(path) || isBuilt(path))
  const highest = highestRustVersion(crates)
  if (highest !== null) return highest
  const names = crates.map((each) => each.name).join(', ')
  const message = `The input \`rust\` is \`msrv\`, but ${crates.length === 0 ? 'no crate is published' : `no published crate has a \`rust-version\` (${names})`}.`
  const hint = 'Set `rust-version` in `[package]` or `[workspace.package]`, or pass a version such as `1.85`.'
  throw new ProblemError(error('msrv-missing', message, hint))
}

/** Installs the chosen toolchain if it is missing. Returns its name for `RUSTUP_TOOLCHAIN`, if one is needed. */
async function provide(
  rustup: Rustup,
  { name, isExported }: ChosenRust,
  parts: { profile: RustProfile | undefined; components: readonly string[] },
): Promise<{ name: string | null; isNew: boolean }> {
  if (name === null) return { name: null, isNew: false }
  return provideToolchain(rustup, name, parts, !isExported)
}

/**
 * Finds or installs the Rust of a job with its components and targets.
 * @throws ProblemError `rust-missing`, `rust-not-installed`, `rust-component-missing`, `rust-target-missing`, `msrv-missing`,
 * `rust-request-invalid`
 */
export async function provideRust(
  ports: Ports,
  dir: string,
  plan: Plan,
  request: ToolchainRequest,
): Promise<ProvidedRust> {
  const [rustup, file] = [await findRustup(ports, dir), await nearestToolchainFile(dir)]
  const chosen = await chooseRust(ports, rustup, {
    request: request.rust,
    msrv: () => msrvOf(dir, plan),
    file: file && { name: file.name, channel: file.channel },
    server: PUBLIC.rust.dist,
  })
  // rustup adds what the file lists only if the file chooses the toolchain.
  const own = file !== null && !chosen.isExported && chosen.why === file.name ? file : null
  const parts = {
    profile: request.profile ?? profileOf(own),
    components: [...new Set([...(own?.components ?? []).filter(isRustName), ...request.components])],
  }
  const targets = [...new Set([...(own?.targets ?? []).filter(isRustName), ...request.targets])]
  if (rustup === null) {
    const rust = await findRust(ports, dir)
    // Toolchain files and variables of rustup mean nothing to the Rust of a distribution, which builds as ever.
    const isAsked = request.rust !== undefined
    await requireUnmanaged(ports, rust.rustcVersion, isAsked ? chosen.name : null, request.components)
    return {
      rust,
      why: isAsked ? chosen.why : 'Rust on PATH; there is no rustup',
      from: dirname(rust.cargo),
      isNew: false,
      targets,
      variables: {},
      ports,
    }
  }
  const { name, isNew } = await provide(rustup, chosen, parts)
  const variables: Record<string, string> = name !== null && chosen.isExported ? { RUSTUP_TOOLCHAIN: name } : {}
  const chosenPorts = withVariables(ports, variables)
  await addTargets(chosenPorts, dir, targets)
  const rust = await findRust(chosenPorts, dir)
  const isHidden = name !== null && !(await isToolchain(rustup, name, rust))
  if (isHidden && request.rust !== undefined) throw hiddenToolchain(name, rust)
  const from = isHidden ? dirname(rust.cargo) : isNew ? 'installed by rustup' : 'rustup'
  const why = isHidden ? 'on PATH, before that of rustup' : chosen.why
  return { rust, why, from, isNew, targets, variables, ports: chosenPorts }
}

function profileOf(file: ToolchainFile | null): RustProfile | undefined {
  return file?.profile === 'default' || file?.profile === 'complete' || file?.profile === 'minimal'
    ? file.profile
    : undefined
}
