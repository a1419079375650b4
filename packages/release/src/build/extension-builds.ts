import { machine } from 'node:os'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { cpythonMinor } from '@slipway/core/python/filename'
import { loadsAbi3 } from '@slipway/core/python/interpreter'
import { isRepairTool, type Repair, repairsOn } from '@slipway/core/repair'
import { placeOfRequiresPython } from '@slipway/project/python/package'
import { containerFor, imageFor } from '@slipway/project/settings/targets'
import { findPythons, nameOfPython, type Python, pythonFor } from '@slipway/toolchain/python'
import type { WheelOptions } from './build-options.ts'

/** A wheel to build: for which Python, and where. */
export interface ExtensionBuild {
  /** Rust's target triple, as planned; absent for this machine's. */
  target?: string
  /** The triple to compile for where it is another: on Linux, mingw's for Windows. */
  rustTarget?: string
  /** Image in which it is built; null for this machine itself. */
  image: string | null
  /** Version of the Python, `3.12`; `lowest` for the lowest that may install the package, `any` where one wheel is for several. */
  version: string
  /** The Python on this machine; absent in a container, for another system, and for `any`. */
  python?: Python
}

/** Returns the versions of Python that a package gets a separate wheel for; see `ExtensionBuild.version`. */
function versionsFor({ abi3, abi3t }: PlannedPackage, interpreters: readonly string[]): string[] {
  if (abi3 === null) return interpreters.length === 0 ? ['lowest'] : [...interpreters]
  // abi3 covers neither free-threaded Pythons nor PyPy, which get separate wheels.
  const separate = interpreters.filter((each) => !loadsAbi3(each) || hasAbi3t(each, abi3t))
  const isCovered = interpreters.length === 0 || separate.length < interpreters.length
  // maturin prefers the stable ABI of free-threaded Pythons, for each Python that has it.
  const stable = abi3t === undefined ? 'any' : 'lowest'
  return [...(isCovered ? [stable] : []), ...separate]
}

/** Whether a version of CPython builds the wheel with the stable ABI of free-threaded Pythons. */
function hasAbi3t(version: string, abi3t: PlannedPackage['abi3t']): boolean {
  return abi3t !== undefined && (cpythonMinor(version) ?? 0) >= (cpythonMinor(abi3t) ?? 0)
}

/** Returns the image in which a wheel is built; null for this machine itself. */
function imageOf({ build }: PlannedPackage, target: string, { container }: WheelOptions): string | null {
  if (container !== undefined) return imageFor(container, target, machine())
  // The setting is for Linux; on other systems the job builds as ever.
  return process.platform === 'linux' ? containerFor(target, build, machine()) : null
}

/**
 * Returns the wheels to build of each package of maturin: without abi3, each wheel fits one version only, the one it is tested
 * on later. Finds all Pythons of this machine before anything is compiled.
 * @throws ProblemError `python-missing`, `python-not-allowed`
 */
export async function extensionBuilds(
  ports: Ports,
  packages: readonly PlannedPackage[],
  options: WheelOptions,
): Promise<Map<PlannedPackage, ExtensionBuild[]>> {
  const { dir, interpreters = [], targets = [] } = options
  const found = new Map<PlannedPackage, ExtensionBuild[]>()
  for (const each of packages.filter(({ backend }) => backend === 'maturin')) {
    const requiresPythonAt = await placeOfRequiresPython(dir, each.path)
    const constraint = { ...each, requiresPythonAt, ...(each.abi3t && { below: each.abi3t }) }
    const builds: ExtensionBuild[] = []
    for (const target of targets.length === 0 ? [undefined] : targets) {
      const rustTarget = target === undefined ? undefined : rustTargetOn(target, ports.env)
      const isForeign = target !== undefined && isForOtherSystem(target)
      const on = {
        ...(target !== undefined && { target }),
        ...(rustTarget !== undefined && { rustTarget }),
        image: imageOf(each, target ?? '', options),
      }
      for (const version of versionsFor(each, interpreters)) {
        const wanted = version === 'lowest' ? undefined : version
        // Another system's Python is known by its version alone, of which this machine's lowest is the default.
        const isAsked = on.image === null && version !== 'any' && (!isForeign || wanted === undefined)
        const found = isAsked ? pythonFor(await findPythons(ports), wanted, constraint) : null
        const named = isForeign && found ? nameOfPython(found) : version
        builds.push({ ...on, version: named, ...(found && !isForeign && { python: found }) })
      }
    }
    found.set(each, builds)
  }
  return found
}

/** The name of each system in Rust's target triples. */
const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: '-linux-', darwin: '-apple-', win32: '-windows-' }

/** Whether wheels of a target are for another system than this machine's, whose Pythons cannot be asked here. */
export function isForOtherSystem(target: string, platform: NodeJS.Platform = process.platform): boolean {
  return !target.includes(SYSTEMS[platform] ?? '')
}

/**
 * Returns the triple to compile for: on Linux, mingw's for Windows, unless the user accepted the license of Microsoft's SDK, which
 * maturin then downloads by cargo-xwin (cargo-xwin's README, "Environment Variables").
 */
export function rustTargetOn(target: string, env: Ports['env'], platform: NodeJS.Platform = process.platform): string {
  const isMicrosofts = platform !== 'linux' || env.XWIN_ACCEPT_LICENSE || env.XWIN_CACHE_DIR
  return isMicrosofts ? target : target.replace(/^x86_64-pc-windows-msvc$/, 'x86_64-pc-windows-gnu')
}

/** Returns how a package's wheels are repaired on this machine. A tool in the settings counts on its own system only. */
export function repairOf({ build }: PlannedPackage, { repair }: WheelOptions): Repair {
  if (repair !== undefined) return repair
  const own = build?.repair ?? 'auto'
  return isRepairTool(own) && !repairsOn(own, process.platform) ? 'auto' : own
}
