import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { unplannedTags } from '@slipway/artifacts/wheel-set'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { isRepairTool } from '@slipway/core/repair'
import { sandboxOf } from '@slipway/core/sandbox'
import { choosesRepair, maturinFeatures } from '@slipway/project/python/package'
import { platformTagFor } from '@slipway/project/settings/targets'
import { type BuildWheelOptions, buildSdist, buildWheel } from '@slipway/toolchain/build-wheel'
import { cacheDir } from '@slipway/toolchain/cache'
import type { BuildContainer } from '@slipway/toolchain/container/build-container'
import type { Maturin } from '@slipway/toolchain/maturin'
import { nameOfPython } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'
import { scratchFolder } from '../job/scratch.ts'
import { maturinFor } from '../toolchains/maturin.ts'
import type { Built, WheelOptions } from './build-options.ts'
import { type ExtensionBuild, isForOtherSystem, repairOf } from './extension-builds.ts'

/** The containers of a package's builds. */
interface Containers {
  /** Starts the container of an image, or returns the one that runs. @throws ProblemError */
  get(image: string, target: string | undefined): Promise<BuildContainer>
  /** Removes the containers, and what their builds left. */
  close(): Promise<void>
}

function containersFor(ports: Ports, each: PlannedPackage, options: WheelOptions, maturin: Maturin): Containers {
  const open = new Map<string, BuildContainer & { scratch: string }>()
  const start = async (image: string, target: string | undefined, scratch: string) => {
    // Loaded only here: most builds need no container.
    const { startBuild } = await import('@slipway/toolchain/container/build-container')
    return startBuild(ports, {
      ...{ image, target, scratch, dir: options.dir, folder: join(options.dir, each.path), out: options.out },
      cacheDir: cacheDir(ports.env),
      programs: [maturin.bin],
      // A rehearsal's registries are on this machine.
      network: sandboxOf(ports.env) === null ? undefined : 'host',
      beforeBuild: options.beforeBuild ?? each.build?.beforeBuild,
    })
  }
  return {
    async get(image, target) {
      const running = open.get(image)
      if (running) return running
      const scratch = await scratchFolder(ports, 'container')
      const started = await start(image, target, scratch)
      ports.log.info(`Building ${each.name} in a container of ${image} (${started.image}).`)
      open.set(image, { ...started, scratch })
      return started
    },
    async close() {
      for (const each of open.values()) {
        await each.close()
        await rm(each.scratch, { recursive: true, force: true })
      }
    },
  }
}

/** Returns how a wheel is repaired. @param container where it is built; null for this machine */
async function repairFor(
  ports: Ports,
  each: PlannedPackage,
  options: WheelOptions,
  container: BuildContainer | null,
): Promise<BuildWheelOptions['repair']> {
  const repair = repairOf(each, options)
  if (repair === 'none') return 'none'
  if (!isRepairTool(repair)) {
    const isChosen = options.repair === undefined && (await choosesRepair(options.dir, each.path))
    return isChosen ? undefined : 'maturin'
  }
  const { installRepairer } = await import('@slipway/toolchain/repair/repair-tool')
  const installed = await installRepairer(ports, repair, cacheDir(ports.env))
  if (container === null) return installed
  const { repairerIn } = await import('@slipway/toolchain/container/repairer-in-container')
  return repairerIn(container.exec, installed, await container.pythons(), join(options.dir, each.path))
}

/** Returns the path of the Python to build for; null where the wheel is for several. */
async function interpreterFor(
  each: PlannedPackage,
  { python, version, image, target = '' }: ExtensionBuild,
  container: BuildContainer | null,
): Promise<{ interpreter: string; name: string } | null> {
  if (version === 'any') return null
  // maturin knows the Pythons of other systems by their names (its guide, "Cross compiling").
  if (isForOtherSystem(target) && target !== '')
    return { interpreter: version.startsWith('pypy') ? version : `python${version}`, name: version }
  if (container === null) return python ? { interpreter: python.path, name: nameOfPython(python) } : null
  const { pythonForIn } = await import('@slipway/toolchain/container/python-in-container')
  const wanted = version === 'lowest' ? undefined : version
  const constraint = { ...each, ...(each.abi3t && { below: each.abi3t }) }
  const found = pythonForIn(image ?? '', await container.pythons(), wanted, constraint)
  return { interpreter: found.path, name: nameOfPython(found) }
}

/**
 * Builds the wheels of a package of maturin, on this machine or in containers, and its sdist on this machine.
 * @throws ProblemError when a tool is missing or fails, or a wheel has other tags than planned
 */
export async function buildExtension(
  ports: Ports,
  each: PlannedPackage,
  options: WheelOptions,
  builds: readonly ExtensionBuild[],
): Promise<Built> {
  const folder = join(options.dir, each.path)
  const { zig, out, targetDir, sourceDateEpoch, compilation, sdist = true } = options
  const maturin = await maturinFor(ports, folder, zig)
  const to = { dir: folder, out, maturin, sourceDateEpoch }
  const more = compilation?.features ?? each.build?.features ?? []
  // Features in the command replace those in pyproject.toml (maturin, `merge_with_pyproject_toml`).
  const features = more.length === 0 ? [] : [...(await maturinFeatures(options.dir, each.path)), ...more]
  const containers = containersFor(ports, each, options, maturin)
  const wheels: string[] = []
  try {
    // One after another, since cargo itself uses every core, and locks its target folder.
    for (const build of builds) {
      const { target, rustTarget, image } = build
      const container = image === null ? null : await containers.get(image, target)
      const python = await interpreterFor(each, build, container)
      const on = { ...each.build, ...(image !== null && { container: image }) }
      const compatibility = options.compatibility ?? (platformTagFor(target ?? '', on) || undefined)
      const since = ports.clock.now()
      const building = buildWheel(ports, {
        ...{ ...to, ...each.build, ...compilation, features, compatibility, targetDir },
        // On Linux, mingw or Microsoft's own linker builds for Windows.
        zig: zig && !rustTarget?.includes('-windows-'),
        ...(rustTarget !== undefined && { target: rustTarget }),
        ...(python && { interpreter: python.interpreter }),
        repair: await repairFor(ports, each, options, container),
        // The image, not zig, decides which glibc is linked.
        ...(container && { exec: container.exec, targetDir: container.targetDir, zig: false }),
      })
      const wheel = await building.catch(async (cause) => {
        // A missing toolchain explains the failure better. To ask first would take longer than the rest of the preparation.
        await findRust(ports, options.dir)
        throw cause
      })
      options.onBuilt?.(basename(wheel), ports.clock.now() - since)
      // A wheel with the stable ABI is for more than the Python that it is built with.
      const isStable = each.abi3 !== null && build.version === 'lowest'
      const job = { target: target ?? '', interpreter: (!isStable && python?.name) || '' }
      const unplanned = unplannedTags(basename(wheel), job, each.abi3)
      if (unplanned) throw new ProblemError(unplanned)
      wheels.push(wheel)
    }
  } finally {
    await containers.close()
  }
  return { wheels, sdist: sdist ? await buildSdist(ports, to) : null }
}
