import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { lockedFlag } from './lock-file.ts'
import { withoutSecrets } from './secrets.ts'

/** What to package. */
export interface PackageCratesOptions {
  /** Folder of the project's Cargo.toml, absolute. */
  dir: string
  /** Members to package, in any order. */
  names: readonly string[]
  /** Where cargo builds, absolute; null for the project's own target folder. */
  targetDir: string | null
  /** Where the crates go, absolute. */
  out: string
}

/** What is read of `cargo metadata`. */
interface Metadata {
  packages: { name: string; version: string }[]
  target_directory: string
}

const HINT = 'Run the same `cargo package` in the project; mend what cargo says, commit and try again.'

async function readMetadata(ports: Ports, dir: string): Promise<Metadata> {
  const { stdout } = await mustRun(
    ports.exec,
    {
      argv: ['cargo', 'metadata', '--no-deps', '--format-version', '1'],
      cwd: dir,
      env: withoutSecrets(ports.env),
    },
    { code: 'cargo-metadata-failed', what: 'cargo cannot read the project', hint: 'Run `cargo metadata` in it.' },
  )
  return JSON.parse(stdout) as Metadata
}

/**
 * Packages members of a workspace by one `cargo package`, which builds each from its package (cargo 1.90 and later
 * let them depend on each other before they are published). No token is in its environment.
 * @returns paths of the `.crate` files in `out`, in the order of `names`
 * @throws ProblemError `cargo-package-failed` with the last lines of cargo's output, `crate-not-a-member`
 */
export async function packageCrates(ports: Ports, options: PackageCratesOptions): Promise<string[]> {
  const { dir, names, out } = options
  const { packages, target_directory } = await readMetadata(ports, dir)
  const targetDir = options.targetDir ?? target_directory
  const files = names.map((name) => {
    const found = packages.find((each) => each.name === name)
    if (found) return `${name}-${found.version}.crate`
    const hint = `Name one of ${packages.map((each) => each.name).join(', ')}.`
    throw new ProblemError(error('crate-not-a-member', `The project has no crate \`${name}\`.`, hint))
  })
  const members = names.flatMap((name) => ['-p', name])
  await mustRun(
    ports.exec,
    {
      argv: ['cargo', 'package', ...members, ...(await lockedFlag(ports, dir)), '--target-dir', targetDir],
      cwd: dir,
      env: withoutSecrets(ports.env),
      onLine: ports.log.info,
    },
    { code: 'cargo-package-failed', what: `\`cargo package\` failed for ${names.join(', ')}`, hint: HINT },
  )
  await mkdir(out, { recursive: true })
  for (const file of files) await copyFile(join(targetDir, 'package', file), join(out, file))
  return files.map((file) => join(out, file))
}
