import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { type LockFile, readLock } from '@slipway/project/cargo/lockfile'
import { type Pin, pinsIn } from '@slipway/project/cargo/sibling-requirement'
import { filesNamed, readLeniently } from '@slipway/project/manifests'
import type { Project } from '@slipway/project/project'

/** References to the project's crates in manifests and lock files outside of the release. */
export interface UnreleasedReferences {
  pins: Pin[]
  locks: LockFile[]
}

/**
 * Finds the references to the project's crates in crates that a plan ignores (in `examples`, `fuzz` and such), and in
 * their lock files: `cargo build --locked` fails if a version moves without them.
 */
export async function findUnreleasedReferences(
  folder: Folder,
  { crates, versions }: Project,
): Promise<UnreleasedReferences> {
  const files = await folder.files()
  const known = new Set([
    ...crates.flatMap((each) => [each.manifest.file, each.workspace.file]),
    ...versions.locks.map((each) => each.file),
  ])
  const unknownFiles = (name: string) => filesNamed(name, files).filter((each) => !known.has(each))
  const read = await Promise.all(unknownFiles('Cargo.toml').map((each) => readLeniently(folder, each)))
  const manifests = read.filter((each) => each !== null)
  const locks = unknownFiles('Cargo.lock').map(async (file): Promise<LockFile> => {
    const own = manifests.find((each) => each.file === join(folderOf(file), 'Cargo.toml'))?.string('package', 'name')
    const packages = readLock(file, (await folder.read(file)) ?? '')
    // The crate of this lock file has its own version, whatever its name.
    return { file, packages: packages.filter((each) => each.name !== own), crates: [] }
  })
  const pins = pinsIn(
    manifests.map((manifest) => ({ manifest, workspace: manifest })),
    crates,
  )
  return { pins, locks: await Promise.all(locks) }
}
