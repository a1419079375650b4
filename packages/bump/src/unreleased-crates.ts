import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { type LockFile, readLock } from '@slipway/project/cargo/lockfile'
import { type Pin, pinsIn } from '@slipway/project/cargo/sibling-requirement'
import { filesNamed, readLeniently } from '@slipway/project/manifests'
import type { Project } from '@slipway/project/project'

/** What names versions of the project's crates though it is part of no release. */
export interface Bystanders {
  pins: Pin[]
  locks: LockFile[]
}

/**
 * Finds what the crates that a plan does not know (those of `examples`, `fuzz` and such) require of those that it knows,
 * and their lock files: `cargo build --locked` refuses either when a version moves without them.
 */
export async function bystanders(folder: Folder, { crates, versions }: Project): Promise<Bystanders> {
  const files = await folder.files()
  const known = new Set([
    ...crates.flatMap((each) => [each.manifest.file, each.workspace.file]),
    ...versions.locks.map((each) => each.file),
  ])
  const unknown = (name: string) => filesNamed(name, files).filter((each) => !known.has(each))
  const read = await Promise.all(unknown('Cargo.toml').map((each) => readLeniently(folder, each)))
  const manifests = read.filter((each) => each !== null)
  const locks = unknown('Cargo.lock').map(async (file): Promise<LockFile> => {
    const own = manifests.find((each) => each.file === join(folderOf(file), 'Cargo.toml'))?.string('package', 'name')
    const packages = readLock(file, (await folder.read(file)) ?? '')
    // What it is the lock file of has its own version, whatever it is called.
    return { file, packages: packages.filter((each) => each.name !== own), crates: [] }
  })
  return { pins: pinsIn(manifests, crates), locks: await Promise.all(locks) }
}
