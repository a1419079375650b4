import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlannedCrate } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { expectSuccess, type Installed } from './finding.ts'

/**
 * Builds a new program that depends on a published crate, with the ordinary cargo.
 * @param folder for the program; must not exist
 * @param env what makes cargo ask the right registry, on top of the environment
 * @throws ProblemError when the crate cannot be resolved or built
 */
export async function tryCrate(
  ports: Ports,
  { name, version }: PlannedCrate,
  { cargo, folder, env }: { cargo: string; folder: string; env: Record<string, string> },
): Promise<Installed> {
  await mkdir(join(folder, 'src'), { recursive: true })
  const manifest = `[package]\nname = "consumer"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${name} = "=${version}"\n\n[workspace]\n`
  await writeFile(join(folder, 'Cargo.toml'), manifest)
  const library = name.replaceAll('-', '_')
  await writeFile(join(folder, 'src', 'main.rs'), `#[allow(unused_imports)]\nuse ${library} as _;\n\nfn main() {}\n`)
  const built = await ports.exec({ argv: [cargo, 'build'], cwd: folder, env })
  expectSuccess(built, `cargo build of a crate that uses ${name} ${version}`, 'Look at what cargo says of the crate.')
  return { what: name, where: 'cargo build', version }
}
