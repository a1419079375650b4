import type { MatrixEntry } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { findRust } from '@slipway/toolchain/rust'

/**
 * Which targets a job can build for: all, on the runner that the matrix names for each. In a rehearsal of the workflow every
 * job runs on this machine, so only its own: what the others would build is neither made nor expected.
 * @param dir the project, whose toolchain file may choose the Rust
 */
export async function targetsHere(ports: Ports, dir: string): Promise<(target: string | undefined) => boolean> {
  if (sandboxOf(ports.env) === null) return () => true
  const host = await findRust(ports, dir).then(
    (rust) => rust.host,
    () => '',
  )
  return (target = '') => target === '' || target === host
}

/** The jobs of a matrix that this run has. */
export function jobsHere(matrix: readonly MatrixEntry[], isHere: (target: string) => boolean): MatrixEntry[] {
  return matrix.filter((each) => isHere(each.target))
}
