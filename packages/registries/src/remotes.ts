import { crates } from './crates/remote.ts'
import type { Access, Channel, Destination, ReleaseContents, RemoteDescription } from './destination.ts'
import { github } from './github/remote.ts'
import { oci } from './oci/remote.ts'
import { pypi } from './pypi/remote.ts'

/** Every kind of remote, in the order in which a plan lists them; the only such list. */
export const REMOTES: readonly RemoteDescription[] = [oci, github, pypi, crates]

/** Every channel of every remote. */
export const CHANNELS: readonly Channel[] = REMOTES.flatMap((each) => each.channels)

/** Returns all destinations of a release. */
export async function destinationsOf(
  contents: ReleaseContents,
  access: Access,
  remotes: readonly RemoteDescription[] = REMOTES,
): Promise<Destination[]> {
  return (await Promise.all(remotes.map((each) => each.destinations(contents, access)))).flat()
}
