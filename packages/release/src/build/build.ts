import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import type { PlannedCrate, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { placeOfRequiresPython } from '@slipway/project/python/package'
import { buildPython } from '@slipway/toolchain/build-python'
import { cacheDir } from '@slipway/toolchain/cache'
import { packageCrates } from '@slipway/toolchain/cargo-package'
import { findProgram, mustRun, shellCommand } from '@slipway/toolchain/command'
import { findPythons, pythonFor } from '@slipway/toolchain/python'
import { findCargo } from '@slipway/toolchain/rust'
import { addTargets } from '@slipway/toolchain/rust-targets'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { cratesIoNames } from '../plan/crates-io.ts'
import type { Built, CrateOptions, WheelOptions } from './build-options.ts'
import { chosenPackages } from './chosen-packages.ts'
import { buildExtension } from './extension.ts'
import { extensionBuilds, rustTargetOn } from './extension-builds.ts'

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

/**
 * Builds the wheels and the sdist of each Python package that no other job builds: with the maturin that its pyproject.toml
 * requires, or for pure Python with its build backend.
 * @throws ProblemError when a tool is missing or fails
 */
export async function buildPackages(ports: Ports, options: WheelOptions): Promise<Artifact[]> {
  const built: Artifact[] = []
  const packages = chosenPackages(options.plan, options.packages ?? [])
  if (packages.some((each) => each.backend === 'maturin')) {
    await findCargo(ports)
    const targets = (options.targets ?? []).map((each) => rustTargetOn(each, ports.env))
    await requireLinker(ports, targets)
    await addTargets(ports, options.dir, targets)
  }
  const builds = await extensionBuilds(ports, packages, options)
  for (const each of packages) {
    const own = builds.get(each) ?? []
    const command = commandHere(each, options)
    // In a container, it runs when that starts.
    const isHere = own.length === 0 || own.some(({ image }) => image === null)
    if (command !== undefined && isHere) await prepare(ports, each, options.dir, command)
    const { wheels, sdist } = await (each.backend === 'maturin'
      ? buildExtension(ports, each, options, own)
      : buildPure(ports, each, options))
    for (const wheel of wheels) built.push(await describeFile('wheel', each.name, each.version, wheel))
    if (sdist !== null) built.push(await describeFile('sdist', each.name, each.version, sdist))
  }
  return built
}

/**
 * Returns the command before a package's builds on this machine itself: the one of a package with a container is for its image,
 * and would fail on macOS and Windows.
 */
function commandHere({ build }: PlannedPackage, { beforeBuild }: WheelOptions): string | undefined {
  return beforeBuild ?? (build?.container === undefined ? build?.beforeBuild : undefined)
}

/** Checks that mingw is there if it has to link. @throws ProblemError `mingw-missing` */
async function requireLinker({ env }: Ports, targets: readonly string[]): Promise<void> {
  const needsMingw = process.platform === 'linux' && targets.includes('x86_64-pc-windows-gnu')
  if (!needsMingw || (await findProgram(env, 'x86_64-w64-mingw32-gcc'))) return
  const message = 'A wheel for Windows is to be built on Linux, but mingw (`x86_64-w64-mingw32-gcc`) is not on PATH.'
  const hint =
    'Install it in an earlier step: `sudo apt-get install gcc-mingw-w64-x86-64`. Or build on Windows: `strategy = "native"` in slipway.toml.'
  throw new ProblemError(error('mingw-missing', message, hint))
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

async function buildPure(ports: Ports, each: PlannedPackage, options: WheelOptions): Promise<Built> {
  const { dir, out, sourceDateEpoch, sdist: wanted = true } = options
  const requiresPythonAt = await placeOfRequiresPython(dir, each.path)
  // Backends also run code of the package, which may not support an older Python.
  const python = pythonFor(await findPythons(ports), undefined, { ...each, requiresPythonAt })
  const to = { dir: join(dir, each.path), out, cacheDir: cacheDir(ports.env), sourceDateEpoch, python }
  const since = ports.clock.now()
  const { wheel, sdist } = await buildPython(ports, to)
  options.onBuilt?.(basename(wheel), ports.clock.now() - since)
  if (wanted) return { wheels: [wheel], sdist }
  await rm(sdist)
  return { wheels: [wheel], sdist: null }
}
