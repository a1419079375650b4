import type { MatrixEntry } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { findPythons } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'

/** The target of a matrix job. */
export type JobTarget = Partial<Pick<MatrixEntry, 'target' | 'interpreter'>>

/**
 * Returns a filter for the matrix jobs that this machine can do. In CI that is all of them, each on its runner. In a
 * rehearsal every job runs on this machine, so only those for its processor and installed Pythons; the files of the
 * others are neither built nor expected.
 * @param dir the project, whose toolchain file may select the Rust version
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
