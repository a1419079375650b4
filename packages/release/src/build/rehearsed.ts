import type { MatrixEntry, Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'

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
  // Loaded only here, because steps that publish need no toolchain.
  const [{ findRust }, { findPythons, isOfVersion }] = await Promise.all([
    import('@slipway/toolchain/rust'),
    import('@slipway/toolchain/python'),
  ])
  const host = await findRust(ports, dir).then(
    (rust) => rust.host,
    () => '',
  )
  const pythons = await findPythons(ports)
  const hasPython = (version: string) => pythons.some((each) => isOfVersion(each, version))
  return ({ target = '', interpreter = '' }) => {
    return (target === '' || target === host) && (interpreter === '' || hasPython(interpreter))
  }
}

/** Returns a plan without the matrix jobs that another machine has to do, whose files are not expected. */
export async function planHere<P extends Pick<Plan, 'matrix'>>(ports: Ports, dir: string, plan: P): Promise<P> {
  // A step without a project has no jobs, and looking for tools takes longer than the rest of it.
  return plan.matrix.length === 0 ? plan : { ...plan, matrix: plan.matrix.filter(await jobsHere(ports, dir)) }
}

/** The targets and Pythons that a job builds for; empty: its machine's. */
interface Builds {
  targets?: readonly string[]
  interpreters?: readonly string[]
}

/**
 * Returns the targets and Pythons to build for: all, but in a rehearsal only those of this machine; null when none is left.
 */
export async function buildsHere(
  ports: Ports,
  dir: string,
  { targets = [], interpreters = [] }: Builds,
): Promise<Builds | null> {
  const isHere = await jobsHere(ports, dir)
  const [onTargets, forPythons] = [
    targets.filter((target) => isHere({ target })),
    interpreters.filter((interpreter) => isHere({ interpreter })),
  ]
  const left = [
    ...targets.filter((each) => !onTargets.includes(each)),
    ...interpreters.filter((each) => !forPythons.includes(each)).map((each) => `Python ${each}`),
  ]
  if (left.length > 0)
    ports.log.info(`Not rehearsed: ${left.join(' and ')} need${left.length === 1 ? 's' : ''} another runner.`)
  const isNone = (all: readonly string[], some: readonly string[]) => all.length > 0 && some.length === 0
  if (isNone(targets, onTargets) || isNone(interpreters, forPythons)) return null
  return { targets: onTargets, interpreters: forPythons }
}
