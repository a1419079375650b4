import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { lockedFlag } from './lock-file.ts'
import { withoutSecrets } from './secrets.ts'

/** A crate to package. */
export interface CrateToPackage {
  name: string
  /** Folder of its Cargo.toml, relative to the project. */
  path: string
}

/** Options of `packageCrates`. */
export interface PackageCratesOptions {
  /** The project, absolute. */
  dir: string
  /** In any order. */
  crates: readonly CrateToPackage[]
  /** Cargo's target folder, absolute; null for each workspace's own. */
  targetDir: string | null
  /** Output folder, absolute. */
  out: string
  /** false: cargo does not build the crates, so no code of the project runs. The bytes are the same. */
  verify?: boolean
}

/** The fields read from `cargo metadata`. */
interface Metadata {
  packages: { name: string; version: string; manifest_path: string }[]
  target_directory: string
  workspace_root: string
}

const HINT = 'Run the same `cargo package` in the project, fix what cargo reports, commit and try again.'

async function readMetadata(ports: Ports, dir: string): Promise<Metadata> {
  const { stdout } = await mustRun(
    ports.exec,
    {
      argv: ['cargo', 'metadata', '--no-deps', '--format-version', '1'],
      cwd: dir,
      env: withoutSecrets(ports.env),
    },
    { code: 'cargo-metadata-failed', what: 'cargo cannot read the project', hint: 'Run `cargo metadata` there.' },
  )
  return JSON.parse(stdout) as Metadata
}

/** A workspace and its members to package, each with the name of its `.crate` file. */
interface Group {
  metadata: Metadata
  files: Map<CrateToPackage, string>
}

/** Returns the name of a crate's `.crate` file, or null when the crate is not a member of the workspace. */
function fileOf({ packages }: Metadata, { name, path }: CrateToPackage): string | null {
  const manifest = ['', ...path.split('/').filter((each) => each !== '.'), 'Cargo.toml'].join('/')
  const found = packages.find(
    (each) => each.name === name && each.manifest_path.replaceAll('\\', '/').endsWith(manifest),
  )
  return found ? `${name}-${found.version}.crate` : null
}

/** Groups crates by workspace. A crate outside the project's workspace is a workspace by itself. */
async function grouped(ports: Ports, { dir, crates }: PackageCratesOptions): Promise<Group[]> {
  const groups: Group[] = []
  for (const crate of crates) {
    let group = groups.find((each) => fileOf(each.metadata, crate) !== null)
    if (!group) {
      group = { metadata: await readMetadata(ports, join(dir, crate.path)), files: new Map() }
      groups.push(group)
    }
    const file = fileOf(group.metadata, crate)
    if (file === null) {
      const message = `cargo finds no crate \`${crate.name}\` in ${crate.path}, so it cannot be packaged.`
      throw new ProblemError(
        error('crate-not-a-member', message, 'Run `cargo metadata` there and fix what it reports.'),
      )
    }
    group.files.set(crate, file)
  }
  return groups
}

/**
 * Packages crates with one `cargo package` per workspace, which builds each crate from its package (since cargo 1.90,
 * members may depend on each other before they are published). Its environment has no token.
 * @returns paths of the `.crate` files in `out`, in the order of `crates`
 * @throws ProblemError `cargo-package-failed` with the last lines of cargo's output, `crate-not-a-member`
 */
export async function packageCrates(ports: Ports, options: PackageCratesOptions): Promise<string[]> {
  const { crates, out } = options
  await mkdir(out, { recursive: true })
  const packaged = new Map<CrateToPackage, string>()
  for (const { metadata, files } of await grouped(ports, options)) {
    const targetDir = options.targetDir ?? metadata.target_directory
    const root = metadata.workspace_root
    const names = [...files.keys()].map((each) => each.name)
    const members = names.flatMap((name) => ['-p', name])
    await mustRun(
      ports.exec,
      {
        argv: [
          'cargo',
          'package',
          ...(options.verify === false ? ['--no-verify'] : []),
          ...members,
          ...(await lockedFlag(ports, root)),
          '--target-dir',
          targetDir,
        ],
        cwd: root,
        env: withoutSecrets(ports.env),
        onLine: ports.log.info,
      },
      { code: 'cargo-package-failed', what: `\`cargo package\` failed for ${names.join(', ')}`, hint: HINT },
    )
    for (const [crate, file] of files) {
      await copyFile(join(targetDir, 'package', file), join(out, file))
      packaged.set(crate, join(out, file))
    }
  }
  return crates.map((each) => packaged.get(each) as string)
}
