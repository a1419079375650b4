import { readFile } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { download } from '../download.ts'
import { toolCacheArch } from './candidates.ts'

/** A file of the manifest. */
interface ManifestFile {
  /** `x64`, or `x64-freethreaded` */
  arch: string
  /** `linux`, `darwin`, `win32` as Node says, or `rhel` */
  platform: string
  /** The release of the system, `24.04`; absent for any. */
  platform_version?: string
  download_url: string
}

/** A version in the manifest of actions/python-versions (its `versions-manifest.json`). */
export interface ManifestVersion {
  /** `3.14.2`, or `3.15.0-rc.1` */
  version: string
  stable: boolean
  files: ManifestFile[]
}

/** The system that a Python is installed for. */
export interface PythonMachine {
  platform: string
  /** As the manifest says: `x64`, `x86`, `arm64`. */
  arch: string
  /** Of Ubuntu or RHEL; empty elsewhere. */
  version: string
}

/** A Python that can be installed. */
export interface PythonBuild {
  version: string
  /** As the tool cache says: `x64-freethreaded`. */
  arch: string
  url: string
}

/** Returns this machine as the manifest describes it; on Linux from os-release(5). */
export async function pythonMachine(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
  osRelease: string = '/etc/os-release',
): Promise<PythonMachine> {
  const named = toolCacheArch(arch)
  if (platform !== 'linux') return { platform, arch: named, version: '' }
  const text = await readFile(osRelease, 'utf8').catch(() => '')
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  const version = field('VERSION_ID')
  if (field('ID') === 'rhel') return { platform: 'rhel', arch: named, version: version.split('.')[0] ?? '' }
  return { platform, arch: named, version: field('ID') === 'ubuntu' ? version : '' }
}

/** Returns the name of a machine for messages: `linux 24.04 x64`. */
export function describeMachine({ platform, version, arch }: PythonMachine): string {
  const own = version || (platform === 'linux' ? '(not Ubuntu)' : '')
  return [platform, own, arch].filter((each) => each !== '').join(' ')
}

/**
 * Reads the manifest of the Pythons that can be installed.
 * @param url its address; `SLIPWAY_PYTHON_MANIFEST` replaces it, for a mirror
 * @throws ProblemError `python-missing`
 */
export async function readManifest(ports: Ports, url: string): Promise<ManifestVersion[]> {
  const from = ports.env.SLIPWAY_PYTHON_MANIFEST || url
  const hint = 'Check the network, or install the Python on the runner beforehand.'
  const answer = await download(ports, from).catch((cause) => {
    const message = `The list of Pythons that can be installed cannot be read: ${cause.message}.`
    throw new ProblemError(error('python-missing', message, hint), cause)
  })
  try {
    const found = JSON.parse(new TextDecoder().decode(answer.body)) as ManifestVersion[]
    if (found.every((each) => typeof each.version === 'string' && Array.isArray(each.files))) return found
  } catch {
    // The next line reports it.
  }
  const message = `The list of Pythons at ${new URL(from).host} is not a manifest of actions/python-versions.`
  throw new ProblemError(error('python-missing', message, hint))
}

const numbersOf = (version: string) => version.split('.').map(Number)

/** Compares final versions. */
function byVersion(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  return left.map((each, index) => each - (right[index] ?? 0)).find((each) => each !== 0) ?? 0
}

/** Returns the final releases for a machine, lowest first. */
export function buildsFor(
  manifest: readonly ManifestVersion[],
  machine: PythonMachine,
  freeThreaded: boolean,
): PythonBuild[] {
  const arch = freeThreaded ? `${machine.arch}-freethreaded` : machine.arch
  const isFor = (file: ManifestFile) =>
    file.arch === arch &&
    file.platform === machine.platform &&
    (file.platform_version === undefined || file.platform_version === machine.version)
  return manifest
    .filter((each) => each.stable && /^\d+\.\d+\.\d+$/.test(each.version))
    .flatMap(({ version, files }) => {
      const file = files.find(isFor)
      return file ? [{ version, arch, url: file.download_url }] : []
    })
    .sort((a, b) => byVersion(a.version, b.version))
}

/** Returns the newest release of a requested version, `3.12`, `3.12.4` or `3.14t`; null when there is none. */
export function buildOf(
  manifest: readonly ManifestVersion[],
  machine: PythonMachine,
  request: string,
): PythonBuild | null {
  const version = request.replace(/t$/, '')
  const builds = buildsFor(manifest, machine, request.endsWith('t'))
  return builds.findLast((each) => each.version === version || each.version.startsWith(`${version}.`)) ?? null
}

/** Returns the newest release of the lowest minor version that `allows` accepts; null when there is none. */
export function lowestAllowed(
  manifest: readonly ManifestVersion[],
  machine: PythonMachine,
  allows: (version: string) => boolean,
): PythonBuild | null {
  const builds = buildsFor(manifest, machine, false).filter((each) => allows(each.version))
  const lowest = builds[0]?.version.split('.').slice(0, 2).join('.')
  return builds.findLast((each) => each.version.startsWith(`${lowest}.`)) ?? null
}
