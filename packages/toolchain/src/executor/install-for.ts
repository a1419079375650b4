import { dirname } from 'node:path'
import type { Finished, Ports } from '@slipway/core/ports'
import { minor, type Python } from '../python.ts'
import type { Machine } from '../this-machine.ts'
import { type PipVenv, pip } from '../venv.ts'
import type { Emulator } from './emulator.ts'

/**
 * Runs pip with another environment for markers: pip takes that of the Python that runs it, whatever `--platform` says, and
 * would leave out `colorama; sys_platform == "win32"`.
 */
const WITH_MARKERS = `
import json, runpy, sys
environment, place, *arguments = sys.argv[1:]
if place: sys.path.insert(0, place)
from pip._vendor.packaging import markers
markers.default_environment = lambda: json.loads(environment)
sys.argv = ['pip', *arguments]
runpy.run_module('pip', run_name='__main__', alter_sys=True)
`

/** The first glibc that wheels were built for, 2.5 (PEP 513). */
const FIRST_GLIBC = 5

/** Returns the platform tags of wheels that a machine executes, best first (PEP 600, PEP 656). */
export function platformsOf({ machine, musl }: Pick<Emulator, 'machine' | 'musl'>): string[] {
  const { system, processor, glibc } = machine
  if (system === 'win32') return ['win_amd64']
  const minorOf = (version: string) => Number(version.split('.')[1])
  const down = (newest: number, oldest: number) => Array.from({ length: newest - oldest + 1 }, (_, i) => newest - i)
  const many = glibc === null ? [] : down(minorOf(glibc), FIRST_GLIBC)
  return [
    ...many.map((each) => `manylinux_2_${each}_${processor}`),
    // pip adds the older names of its kind.
    ...(many.length > 0 ? [`manylinux2014_${processor}`] : []),
    ...(musl === undefined ? [] : down(minorOf(musl), 0)).map((each) => `musllinux_1_${each}_${processor}`),
    `linux_${processor}`,
  ]
}

/** Returns the environment of markers (PyPA specification "Dependency specifiers", "Environment markers"). */
export function markersOf({ system, processor }: Machine, python: Python): Record<string, string> {
  const isWindows = system === 'win32'
  return {
    os_name: isWindows ? 'nt' : 'posix',
    sys_platform: system,
    platform_system: isWindows ? 'Windows' : 'Linux',
    platform_machine: isWindows ? 'AMD64' : processor,
    platform_release: '',
    platform_version: '',
    platform_python_implementation: 'CPython',
    implementation_name: 'cpython',
    implementation_version: python.version,
    python_full_version: python.version,
    python_version: `3.${minor(python)}`,
  }
}

/** The Python that packages are unpacked for, and the environment whose pip does it. */
export interface Installation {
  venv: PipVenv
  emulator: Pick<Emulator, 'machine' | 'musl'>
  python: Python
  /** New folder for the packages, absolute. */
  target: string
}

/**
 * Unpacks wheels for another Python with this machine's pip, and returns its result, also of a failure. Nothing is built, and
 * nothing of the other system runs.
 * @param args what to install, and more options of `pip install`
 */
export function installFor(
  ports: Ports,
  { venv, emulator, python, target }: Installation,
  args: readonly string[],
): Promise<Finished> {
  const environment = JSON.stringify(markersOf(emulator.machine, python))
  const words = [
    ...['install', '--target', target, '--no-compile', '--only-binary', ':all:'],
    ...['--implementation', 'cp', '--python-version', python.version],
    ...platformsOf(emulator).flatMap((each) => ['--platform', each]),
    ...args,
  ]
  const run = ['-c', WITH_MARKERS, environment, venv.pip === null ? '' : dirname(venv.pip)]
  return pip(ports, { ...venv, run }, words)
}
