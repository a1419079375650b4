import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedCrate, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { placeOfRequiresPython } from '@slipway/project/python/package'
import { buildPython } from '@slipway/toolchain/build-python'
import { buildSdist, buildWheel } from '@slipway/toolchain/build-wheel'
import { cacheDir } from '@slipway/toolchain/cache'
import { packageCrates } from '@slipway/toolchain/cargo-package'
import { findPythons, pythonFor } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'
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

/** How crates are packaged. */
export interface CrateOptions extends Omit<BuildOptions, 'sourceDateEpoch'> {
  /** false: only for their bytes, without building them. */
  verify?: boolean
}

/** How wheels are built, besides. */
export interface WheelOptions extends BuildOptions {
  /** Platform tag to aim at on Linux, e.g. `manylinux_2_17`; `off` for a plain Linux wheel. */
  compatibility: string
  /** Link with zig, so that a host newer than `compatibility` makes wheels that old systems load. */
  zig: boolean
  /** Names of the Python packages to build; none: all that are published. */
  packages?: readonly string[]
  /** Rust's target triple; without it, this machine's. */
  target?: string | undefined
  /** Version of the Python to build for, `3.12`, where a wheel is for one only; without it, the lowest here that `requires-python` allows. */
  interpreter?: string | undefined
  /** false: wheels alone. */
  sdist?: boolean
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
export async function buildCrates(ports: Ports, options: CrateOptions): Promise<Artifact[]> {
  const { dir, plan, targetDir, out, verify = true } = options
  const names = publishedCrates(plan)
  const crates = names.map((name) => plan.crates.find((each) => each.name === name) as PlannedCrate)
  const files = await packageCrates(ports, { dir, crates, targetDir, out, verify })
  return Promise.all(
    crates.map(({ name, version }, index) => describeFile('crate', name, version, files[index] as string)),
  )
}

/** The packages to build. @throws ProblemError `package-not-planned` */
function chosen(plan: Plan, names: readonly string[]): PlannedPackage[] {
  const all = publishedPackages(plan)
  if (names.length === 0) return all
  return names.map((name) => {
    const found = all.find((each) => normalizeName(each.name) === normalizeName(name))
    if (found) return found
    const hint = all.length === 0 ? 'The plan has none.' : `Name one of ${all.map((each) => each.name).join(', ')}.`
    throw new ProblemError(error('package-not-planned', `${name} is no Python package that is published.`, hint))
  })
}

/**
 * Builds the wheel for a target and the sdist of each Python package: by the maturin that its pyproject.toml asks for,
 * or, a package of Python alone, by the build backend that it names.
 * @throws ProblemError when a tool is missing or finds something wrong
 */
export async function buildPackages(ports: Ports, options: WheelOptions): Promise<Artifact[]> {
  const built: Artifact[] = []
  const packages = chosen(options.plan, options.packages ?? [])
  if (packages.some((each) => each.backend === 'maturin')) await findRust(ports, options.dir)
  const interpreters = await interpretersFor(ports, packages, options)
  for (const each of packages) {
    const { wheel, sdist } = await (each.backend === 'maturin'
      ? buildExtension(ports, each, options, interpreters.get(each))
      : buildPure(ports, each, options))
    built.push(await describeFile('wheel', each.name, each.version, wheel))
    if (sdist !== null) built.push(await describeFile('sdist', each.name, each.version, sdist))
  }
  return built
}

/**
 * The Python to build each package for whose wheel is not abi3, and so for one version: the one that is tried
 * afterwards. Found for all of them before anything is compiled.
 * @throws ProblemError `python-missing`, `python-not-allowed`
 */
async function interpretersFor(
  ports: Ports,
  packages: readonly PlannedPackage[],
  { dir, interpreter }: WheelOptions,
): Promise<Map<PlannedPackage, string>> {
  const bound = packages.filter((each) => each.backend === 'maturin' && each.abi3 === null)
  const pythons = bound.length === 0 ? [] : await findPythons(ports)
  const found = new Map<PlannedPackage, string>()
  for (const each of bound) {
    const requiresPythonAt = await placeOfRequiresPython(dir, each.path)
    found.set(each, pythonFor(pythons, interpreter, { ...each, requiresPythonAt }).path)
  }
  return found
}

/** Paths of what was built of one package. */
interface Built {
  wheel: string
  sdist: string | null
}

async function buildExtension(
  ports: Ports,
  each: PlannedPackage,
  options: WheelOptions,
  interpreter: string | undefined,
): Promise<Built> {
  const folder = join(options.dir, each.path)
  const { zig, out, targetDir, sourceDateEpoch, compatibility, target, sdist = true } = options
  const maturin = await maturinFor(ports, folder, zig)
  const to = { dir: folder, out, maturin, sourceDateEpoch }
  const on = { ...(interpreter !== undefined && { interpreter }), ...(target !== undefined && { target }) }
  const wheel = await buildWheel(ports, { ...to, ...on, compatibility, zig, targetDir })
  return { wheel, sdist: sdist ? await buildSdist(ports, to) : null }
}

async function buildPure(ports: Ports, each: PlannedPackage, options: WheelOptions): Promise<Built> {
  const { dir, out, sourceDateEpoch, sdist: wanted = true } = options
  const requiresPythonAt = await placeOfRequiresPython(dir, each.path)
  // Backends run code of the package too, which an older Python need not understand.
  const python = pythonFor(await findPythons(ports), undefined, { ...each, requiresPythonAt })
  const to = { dir: join(dir, each.path), out, cacheDir: cacheDir(ports.env), sourceDateEpoch, python }
  const { wheel, sdist } = await buildPython(ports, to)
  if (wanted) return { wheel, sdist }
  await rm(sdist)
  return { wheel, sdist: null }
}
