import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedCrate, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { buildSdist, buildWheel } from '@slipway/toolchain/build-wheel'
import { packageCrates } from '@slipway/toolchain/cargo-package'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import { maturinFor } from './toolchains.ts'

/** What a build starts from. All folders are absolute. */
export interface BuildOptions {
  /** The project. */
  dir: string
  plan: Plan
  /** Where built files go. */
  out: string
  /** Cargo's target folder; null for the project's own. */
  targetDir: string | null
  /** Seconds since the epoch, the commit's, that built files carry as their time (SOURCE_DATE_EPOCH). */
  sourceDateEpoch: number
}

/** How wheels are built, besides. */
export interface WheelOptions extends BuildOptions {
  /** Platform tag to aim at on Linux, e.g. `manylinux_2_17`; `off` for a plain Linux wheel. */
  compatibility: string
  /** Link with zig, so that a host newer than `compatibility` makes wheels that old systems load. */
  zig: boolean
}

/** Names of the plan's crates that go to crates.io, in the order in which they must. */
export function publishedCrates(plan: Plan): string[] {
  return plan.crates
    .filter(({ publish }) => publish === true || (Array.isArray(publish) && publish.includes('crates-io')))
    .map((each) => each.name)
}

/**
 * Packages the crates that go to crates.io, each verified by cargo, in publishing order.
 * @throws ProblemError when cargo finds something wrong
 */
export async function buildCrates(ports: Ports, options: BuildOptions): Promise<Artifact[]> {
  const { dir, plan, targetDir, out } = options
  const names = publishedCrates(plan)
  if (names.length === 0) return []
  const files = await packageCrates(ports, { dir, names, targetDir, out })
  return Promise.all(
    names.map((name, index) => {
      const { version } = plan.crates.find((each) => each.name === name) as PlannedCrate
      return describeFile('crate', name, version, files[index] as string)
    }),
  )
}

/**
 * Builds the host's wheel and the sdist of every maturin package, with the maturin that its pyproject.toml asks for.
 * @throws ProblemError when a tool is missing or finds something wrong
 */
export async function buildPackages(ports: Ports, options: WheelOptions): Promise<Artifact[]> {
  const built: Artifact[] = []
  for (const each of publishedPackages(options.plan).filter(({ backend }) => backend === 'maturin')) {
    built.push(...(await buildPackage(ports, each, options)))
  }
  return built
}

async function buildPackage(ports: Ports, each: PlannedPackage, options: WheelOptions): Promise<Artifact[]> {
  const folder = join(options.dir, each.path)
  const { zig, out, targetDir, sourceDateEpoch, compatibility } = options
  await mkdir(out, { recursive: true })
  const maturin = await maturinFor(ports, folder, zig)
  // Without abi3 a wheel is for one version of Python: the one that is tried afterwards.
  const interpreter = each.abi3 === null ? { interpreter: bestPython(await findPythons(ports)).path } : {}
  const to = { dir: folder, out, maturin, sourceDateEpoch }
  const wheel = await buildWheel(ports, { ...to, ...interpreter, compatibility, zig, targetDir })
  const sdist = await buildSdist(ports, to)
  return Promise.all([
    describeFile('wheel', each.name, each.version, wheel),
    describeFile('sdist', each.name, each.version, sdist),
  ])
}
