import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { unplannedTags } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { builtPackages, publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedCrate, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import { loadsAbi3 } from '@slipway/core/python/interpreter'
import { maturinFeatures, placeOfRequiresPython } from '@slipway/project/python/package'
import { platformTagFor } from '@slipway/project/settings/targets'
import { buildPython } from '@slipway/toolchain/build-python'
import { type BuildWheelOptions, buildSdist, buildWheel } from '@slipway/toolchain/build-wheel'
import { cacheDir } from '@slipway/toolchain/cache'
import { packageCrates } from '@slipway/toolchain/cargo-package'
import { mustRun, shellCommand } from '@slipway/toolchain/command'
import { findPythons, nameOfPython, type Python, type PythonConstraint, pythonFor } from '@slipway/toolchain/python'
import { findCargo, findRust } from '@slipway/toolchain/rust'
import { addTargets } from '@slipway/toolchain/rust-targets'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { cratesIoNames } from '../plan/crates-io.ts'
import { maturinFor } from './toolchains.ts'

/** Options of a build. All folders are absolute. */
export interface BuildOptions {
  /** The project. */
  dir: string
  plan: Plan
  /** Folder for built files. */
  out: string
  /** Cargo's target folder; null for the project's. */
  targetDir: string | null
  /** Timestamp of built files: the commit's, in seconds since the epoch (SOURCE_DATE_EPOCH). */
  sourceDateEpoch: number
}

/** Options of packaging crates. */
export interface CrateOptions extends Omit<BuildOptions, 'sourceDateEpoch'> {
  /** false: only package them, without building. */
  verify?: boolean
}

/** Options of building wheels. */
export interface WheelOptions extends BuildOptions {
  /** Target platform tag on Linux, e.g. `manylinux_2_17`; `off` for a plain Linux wheel. Default: the package's. */
  compatibility?: string | undefined
  /** Link with zig, so that a host newer than the platform tag builds wheels that old systems load. */
  zig: boolean
  /** Names of the Python packages to build; empty for all published ones. */
  packages?: readonly string[]
  /** Rust's target triples, of which each gets a wheel; empty: this machine's. */
  targets?: readonly string[]
  /**
   * Python versions, e.g. `3.12`, of which each gets a wheel where a wheel is for a single Python; empty: the lowest
   * installed that `requires-python` allows.
   */
  interpreters?: readonly string[]
  /** How cargo and maturin build, instead of the package's settings. */
  compilation?: Pick<BuildWheelOptions, 'profile' | 'features' | 'args' | 'strip'>
  /** A command for the shell, run in the folder of each package before its build. Default: the package's. */
  beforeBuild?: string | undefined
  /** false: wheels only. */
  sdist?: boolean
}

/**
 * Packages the crates for crates.io in publishing order, each verified by cargo.
 * @throws ProblemError when cargo fails
 */
export async function buildCrates(ports: Ports, options: CrateOptions): Promise<Artifact[]> {
  const { dir, plan, targetDir, out, verify = true } = options
  const names = cratesIoNames(plan)
  const crates = names.map((name) => plan.crates.find((each) => each.name === name) as PlannedCrate)
  const files = await packageCrates(ports, { dir, crates, targetDir, out, verify })
  return Promise.all(
    crates.map(({ name, version }, index) => describeFile('crate', name, version, files[index] as string)),
  )
}

/** Returns the packages to build. @throws ProblemError `package-not-planned`, `package-prebuilt` */
function chosen(plan: Plan, names: readonly string[]): PlannedPackage[] {
  const all = builtPackages(plan)
  if (names.length === 0) return all
  return names.map((name) => {
    const found = all.find((each) => normalizeName(each.name) === normalizeName(name))
    if (found) return found
    const other = publishedPackages(plan).find((each) => normalizeName(each.name) === normalizeName(name))
    if (other) throw new ProblemError(isPrebuilt(other))
    const hint =
      all.length === 0
        ? 'Leave the input out: the plan has none.'
        : `Name one of ${all.map((each) => each.name).join(', ')}.`
    throw new ProblemError(error('package-not-planned', `${name} is not one of the published Python packages.`, hint))
  })
}

function isPrebuilt({ name, prebuilt = [] }: PlannedPackage): Problem {
  const message = `Slipway does not build ${name}: another job builds \`${prebuilt.join('`, `')}\`.`
  return error('package-prebuilt', message, "Leave it out: the plan's `matrix` has no job for it.")
}

/**
 * Builds the wheels and the sdist of each Python package that no other job builds: with the maturin that its pyproject.toml
 * requires, or for pure Python with its build backend.
 * @throws ProblemError when a tool is missing or fails
 */
export async function buildPackages(ports: Ports, options: WheelOptions): Promise<Artifact[]> {
  const built: Artifact[] = []
  const packages = chosen(options.plan, options.packages ?? [])
  if (packages.some((each) => each.backend === 'maturin')) {
    await findCargo(ports)
    await addTargets(ports, options.dir, options.targets ?? [])
  }
  const interpreters = await interpretersFor(ports, packages, options)
  for (const each of packages) {
    const command = options.beforeBuild ?? each.build?.beforeBuild
    if (command !== undefined) await prepare(ports, each, options.dir, command)
    const { wheels, sdist } = await (each.backend === 'maturin'
      ? buildExtension(ports, each, options, interpreters.get(each) ?? [])
      : buildPure(ports, each, options))
    for (const wheel of wheels) built.push(await describeFile('wheel', each.name, each.version, wheel))
    if (sdist !== null) built.push(await describeFile('sdist', each.name, each.version, sdist))
  }
  return built
}

/** Runs the user's command before a build. @throws ProblemError `before-build-failed` */
async function prepare(ports: Ports, { name, path }: PlannedPackage, dir: string, command: string): Promise<void> {
  await mustRun(
    ports.exec,
    { argv: shellCommand(command), cwd: join(dir, path), env: withoutSecrets(ports.env), onLine: ports.log.info },
    {
      code: 'before-build-failed',
      what: `The command before the build of ${name} failed`,
      hint: 'Correct `before-build`; it runs in the folder of the pyproject.toml, without secrets.',
    },
  )
}

/** A Python to build for; undefined where one wheel is for several. */
type Interpreter = Python | undefined

/**
 * Returns the Pythons to build each package for: without abi3, each wheel fits one version only, the one it is tested on
 * later. abi3 covers neither free-threaded Pythons nor PyPy, which get separate wheels. Finds all Pythons before anything
 * is compiled.
 * @throws ProblemError `python-missing`, `python-not-allowed`
 */
async function interpretersFor(
  ports: Ports,
  packages: readonly PlannedPackage[],
  { dir, interpreters = [] }: WheelOptions,
): Promise<Map<PlannedPackage, Interpreter[]>> {
  const found = new Map<PlannedPackage, Interpreter[]>()
  for (const each of packages.filter(({ backend }) => backend === 'maturin')) {
    const isStable = each.abi3 !== null
    const separate = interpreters.filter((version) => !loadsAbi3(version) || hasAbi3t(version, each))
    const isCovered = interpreters.length === 0 || separate.length < interpreters.length
    const versions = isStable ? separate : interpreters.length === 0 ? [undefined] : interpreters
    const pythons = versions.length === 0 ? [] : await findPythons(ports)
    const constraint = { ...each, requiresPythonAt: await placeOfRequiresPython(dir, each.path) }
    const chosen = versions.map((version) => pythonFor(pythons, version, constraint))
    const stable = isStable && isCovered ? [each.abi3t && (await olderPython(ports, each.abi3t, constraint))] : []
    found.set(each, [...stable, ...chosen])
  }
  return found
}

/**
 * Returns the Python to build an abi3 wheel with if the features also ask for the stable ABI of free-threaded Pythons:
 * maturin prefers that one for each Python that has it.
 * @param abi3t the first of those, `cp315`
 * @throws ProblemError `python-missing`
 */
async function olderPython(ports: Ports, abi3t: string, constraint: PythonConstraint): Promise<Python> {
  return pythonFor(await findPythons(ports), undefined, { ...constraint, below: abi3t })
}

/** Whether a package has a wheel with the stable ABI of free-threaded Pythons, and a version of CPython builds it. */
function hasAbi3t(version: string, { abi3t }: PlannedPackage): boolean {
  return abi3t !== undefined && (cpythonMinor(version) ?? 0) >= (cpythonMinor(abi3t) ?? 0)
}

/** Paths of one package's built files. */
interface Built {
  wheels: string[]
  sdist: string | null
}

async function buildExtension(
  ports: Ports,
  each: PlannedPackage,
  options: WheelOptions,
  pythons: readonly Interpreter[],
): Promise<Built> {
  const folder = join(options.dir, each.path)
  const { zig, out, targetDir, sourceDateEpoch, targets = [], compilation, sdist = true } = options
  const maturin = await maturinFor(ports, folder, zig)
  const to = { dir: folder, out, maturin, sourceDateEpoch }
  const machines: { target?: string }[] = targets.length === 0 ? [{}] : targets.map((target) => ({ target }))
  const more = compilation?.features ?? each.build?.features ?? []
  // Features in the command replace those in pyproject.toml (maturin, `merge_with_pyproject_toml`).
  const features = more.length === 0 ? [] : [...(await maturinFeatures(options.dir, each.path)), ...more]
  const builds = machines.flatMap((on) => pythons.map((python) => ({ on, python })))
  const wheels: string[] = []
  // One after another, since cargo itself uses every core, and locks its target folder.
  for (const { on, python } of builds) {
    const compatibility = options.compatibility ?? platformTagFor(on.target ?? '', each.build)
    const building = buildWheel(ports, {
      ...{ ...to, ...on, ...each.build, ...compilation, features, compatibility, zig, targetDir },
      ...(python && { interpreter: python.path }),
    })
    const wheel = await building.catch(async (cause) => {
      // A missing toolchain explains the failure better. To ask first would take longer than the rest of the preparation.
      await findRust(ports, options.dir)
      throw cause
    })
    const job = { target: on.target ?? '', interpreter: python ? nameOfPython(python) : '' }
    const unplanned = unplannedTags(basename(wheel), job, each.abi3)
    if (unplanned) throw new ProblemError(unplanned)
    wheels.push(wheel)
  }
  return { wheels, sdist: sdist ? await buildSdist(ports, to) : null }
}

async function buildPure(ports: Ports, each: PlannedPackage, options: WheelOptions): Promise<Built> {
  const { dir, out, sourceDateEpoch, sdist: wanted = true } = options
  const requiresPythonAt = await placeOfRequiresPython(dir, each.path)
  // Backends also run code of the package, which may not support an older Python.
  const python = pythonFor(await findPythons(ports), undefined, { ...each, requiresPythonAt })
  const to = { dir: join(dir, each.path), out, cacheDir: cacheDir(ports.env), sourceDateEpoch, python }
  const { wheel, sdist } = await buildPython(ports, to)
  if (wanted) return { wheels: [wheel], sdist }
  await rm(sdist)
  return { wheels: [wheel], sdist: null }
}
