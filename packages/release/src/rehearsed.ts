import type { MatrixEntry } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { findPythons } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'

/** What a job of the matrix is for. */
export type JobTarget = Partial<Pick<MatrixEntry, 'target' | 'interpreter'>>

/**
 * Which jobs of the matrix are done: all, each on the runner that the matrix names. In a rehearsal of the workflow every job
 * runs on this machine, so only those for its own processor and the Pythons that it has: what the others would build is
 * neither made nor expected.
 * @param dir the project, whose toolchain file may choose the Rust
 */
export async function jobsHere(ports: Ports, dir: string): Promise<(job: JobTarget) => boolean> {
  if (sandboxOf(ports.env) === null) return () => true
  const host = await findRust(ports, dir).then(
    (rust) => rust.host,
    () => '',
  )
  const pythons = await findPythons(ports)
  const hasPython = (version: string) =>
    pythons.some((each) => !each.freeThreaded && each.version.startsWith(`${version}.`))
  return ({ target = '', interpreter = '' }) => {
    return (target === '' || target === host) && (interpreter === '' || hasPython(interpreter))
  }
}
