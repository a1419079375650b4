import { crates } from './crates/remote.ts'
import type { Access, Cargo, Channel, Destination, RemoteDescription } from './destination.ts'
import { github } from './github/remote.ts'
import { oci } from './oci/remote.ts'
import { pypi } from './pypi/remote.ts'

/** Every kind of remote, in the order in which a plan shows them. Nothing else lists them. */
export const REMOTES: readonly RemoteDescription[] = [oci, github, pypi, crates]

/** Every channel of every remote. */
export const CHANNELS: readonly Channel[] = REMOTES.flatMap((each) => each.channels)

/** All destinations of a release. */
export async function destinationsOf(
  cargo: Cargo,
  access: Access,
  remotes: readonly RemoteDescription[] = REMOTES,
): Promise<Destination[]> {
  return (await Promise.all(remotes.map((each) => each.destinations(cargo, access)))).flat()
}
