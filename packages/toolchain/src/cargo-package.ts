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
  /** Its folder, relative to the project. */
  path: string
}

/** What to package. */
export interface PackageCratesOptions {
  /** The project, absolute. */
  dir: string
  /** In any order. */
  crates: readonly CrateToPackage[]
  /** Where cargo builds, absolute; null for each workspace's own target folder. */
  targetDir: string | null
  /** Where the crates go, absolute. */
  out: string
  /** false: cargo does not build them, so that nothing of the project is run. The bytes are the same. */
  verify?: boolean
}

/** What is read of `cargo metadata`. */
interface Metadata {
  packages: { name: string; version: string; manifest_path: string }[]
  target_directory: string
  workspace_root: string
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

/** A workspace and those of its members that are packaged, each with the file that cargo makes of it. */
interface Group {
  metadata: Metadata
  files: Map<CrateToPackage, string>
}

/** The file that cargo makes of a crate of a workspace; null where it is none of its members. */
function fileOf({ packages }: Metadata, { name, path }: CrateToPackage): string | null {
  const manifest = ['', ...path.split('/').filter((each) => each !== '.'), 'Cargo.toml'].join('/')
  const found = packages.find(
    (each) => each.name === name && each.manifest_path.replaceAll('\\', '/').endsWith(manifest),
  )
  return found ? `${name}-${found.version}.crate` : null
}

/** The crates by their workspaces. A crate outside of the project's workspace is one of its own. */
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
      const message = `In ${crate.path} cargo finds no crate \`${crate.name}\`.`
      throw new ProblemError(error('crate-not-a-member', message, 'Run `cargo metadata` there, and mend what it says.'))
    }
    group.files.set(crate, file)
  }
  return groups
}

/**
 * Packages crates by one `cargo package` a workspace, which builds each from its package (cargo 1.90 and later let
 * those of a workspace depend on each other before they are published). No token is in its environment.
 * @returns paths of the `.crate` files in `out`, in the order of `crates`
 * @throws ProblemError `cargo-package-failed` with the last lines of cargo's output, `crate-not-a-member`
 */
export async function packageCrates(ports: Ports, options: PackageCratesOptions): Promise<string[]> {
  const { crates, out } = options
  await mkdir(out, { recursive: true })
  const made = new Map<CrateToPackage, string>()
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
      made.set(crate, join(out, file))
    }
  }
  return crates.map((each) => made.get(each) as string)
}
