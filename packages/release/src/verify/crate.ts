import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlannedCrate } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { expectSuccess, type Installed } from './finding.ts'

/** The fields read from `cargo metadata` (the Cargo book, "cargo metadata"). */
interface Metadata {
  packages: { name: string; version: string; targets: { name: string; kind: string[] }[] }[]
}

/** Kinds of library that a Rust program links. A `cdylib` or `staticlib` alone is for other languages. */
const LINKED = ['lib', 'rlib', 'dylib', 'proc-macro']

const HINT = "Read cargo's output about the crate."

/**
 * Tests a published crate like a user, with plain cargo: builds a new program that uses its library, or runs `cargo
 * install` if it has only binaries.
 * @param folder for the program; must not exist
 * @param env additional environment variables that select the registry
 * @throws ProblemError when cargo cannot resolve or build the crate
 */
export async function tryCrate(
  ports: Ports,
  { name, version }: PlannedCrate,
  { cargo, folder, env }: { cargo: string; folder: string; env: Record<string, string> },
): Promise<Installed> {
  const run = (...args: string[]) => ports.exec({ argv: [cargo, ...args], cwd: folder, env })
  const main = join(folder, 'src', 'main.rs')
  await mkdir(join(folder, 'src'), { recursive: true })
  const manifest = `[package]\nname = "slipway-consumer"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${name} = "=${version}"\n\n[workspace]\n`
  await writeFile(join(folder, 'Cargo.toml'), manifest)
  await writeFile(main, 'fn main() {}\n')
  const read = await run('metadata', '--format-version', '1')
  expectSuccess(read, `cargo metadata of a crate that depends on ${name} ${version}`, HINT)
  const { packages } = JSON.parse(read.stdout) as Metadata
  // Cargo ignores a dependency without any library.
  const targets = packages.find((each) => each.name === name && each.version === version)?.targets
  const library = targets?.find(({ kind }) => kind.some((each) => LINKED.includes(each)))
  if (!library && (targets?.some(({ kind }) => kind.includes('bin')) ?? true)) {
    // Unoptimized like `cargo build`: the test is only whether it compiles.
    const argv = ['install', name, '--version', `=${version}`, '--debug', '--root', join(folder, 'installed')]
    expectSuccess(await run(...argv), `cargo install ${name} ${version}`, HINT)
    return { what: name, where: 'cargo install', version }
  }
  if (library) {
    // `[lib] name` may differ from the name of the crate.
    const path = library.name.replaceAll('-', '_')
    await writeFile(main, `#[allow(unused_imports)]\nuse ${path} as _;\n\nfn main() {}\n`)
  }
  expectSuccess(await run('build'), `cargo build of a crate that uses ${name} ${version}`, HINT)
  return { what: name, where: 'cargo build', version }
}
