import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { type Container, startContainer, withContainer } from '../container/run.ts'
import { minor, type Python } from '../python.ts'
import { type Machine, machineName } from '../this-machine.ts'
import type { Emulator } from './emulator.ts'
import { shellWord, writePrograms } from './programs.ts'

/** Prints the paths of the Pythons of an image, one on each line: those on PATH, and those of manylinux's images. */
const FIND = 'for each in python3 python /opt/python/cp3*/bin/python; do command -v "$each" || true; done'

/** Describes a Python, and the C library that it runs on; musl's loader prints its version. */
const QUESTION = `
import glob, json, os, subprocess, sys, sysconfig
glibc = musl = None
try:
    glibc = os.confstr('CS_GNU_LIBC_VERSION')
except (AttributeError, ValueError, OSError):
    pass
for loader in [] if glibc else glob.glob('/lib/ld-musl-*.so.1'):
    said = subprocess.run([loader], stderr=subprocess.PIPE, universal_newlines=True).stderr
    musl = said.partition('Version ')[2].split('\\n')[0] or None
print(json.dumps({
    'path': os.path.realpath(sys.executable),
    'version': '.'.join(map(str, sys.version_info[:3])),
    'implementation': sys.implementation.name,
    'freeThreaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
    'venv': False,
    'processor': os.uname().machine,
    'glibc': (glibc or '').replace('glibc ', '') or None,
    'musl': musl,
}))
`

type Answer = Python & { processor: string; glibc: string | null; musl: string | null }

/**
 * Returns the Pythons of an image, which execute wheels in containers without a network.
 * @throws ProblemError `container-without-python`, or why a container does not start
 */
export async function containerPythons(ports: Ports, image: string): Promise<Emulator> {
  const found = await withContainer(ports, { image, network: 'none' }, pythonsIn)
  const [first] = found
  if (first === undefined) {
    const message = `${image} has no CPython 3.8 or later on PATH or in /opt/python, so no wheel can be executed in it.`
    const hint = 'Name another image in `test-container`, such as `python:3.12-slim-bookworm`.'
    throw new ProblemError(error('container-without-python', message, hint))
  }
  const machine: Machine = { system: 'linux', processor: first.processor, glibc: first.glibc }
  return {
    label: `${machineName(machine)} (${image} container)`,
    name: 'container',
    machine,
    ...(first.musl !== null && { musl: first.musl }),
    pythons: found.map(({ processor: _, glibc: __, musl: ___, ...python }) => python),
    async open(python, place) {
      const { folder, site, project } = place
      const mounts = [folder, ...(project === undefined ? [] : [project])].map((host) => ({ host, readOnly: true }))
      const container = await startContainer(ports, { image, mounts, network: 'none' })
      const at = { cwd: '/tmp', user: 'root' } as const
      // The folders cannot be written to.
      const env = { PYTHONDONTWRITEBYTECODE: '1' }
      return {
        path: (same) => same,
        python: (args) => container.run({ ...at, env, argv: [python.path, ...args] }),
        async shell(command, onLine) {
          const bin = await writePrograms(place, `exec ${shellWord(python.path)} "$@"`)
          const script = `PATH=${shellWord(bin)}:"$PATH"; export PATH\n${command}`
          return container.run({ ...at, env: { ...env, PYTHONPATH: site }, argv: ['sh', '-ec', script], onLine })
        },
        close: () => container.close(),
      }
    },
  }
}

/** Returns the CPythons of a container, lowest first, each version once. */
async function pythonsIn(container: Container): Promise<Answer[]> {
  const at = { cwd: '/', user: 'root' } as const
  const { stdout } = await container.run({ ...at, argv: ['sh', '-c', FIND] })
  const answers = new Map<string, Answer>()
  for (const path of stdout.split('\n').filter(Boolean)) {
    const { code, stdout: text } = await container.run({ ...at, argv: [path, '-I', '-c', QUESTION] })
    if (code !== 0) continue
    const answer = JSON.parse(text) as Answer
    if (answer.implementation === 'cpython' && minor(answer) >= 8) {
      const key = `${answer.version} ${answer.freeThreaded}`
      answers.set(key, answers.get(key) ?? answer)
    }
  }
  return [...answers.values()].sort((a, b) => minor(a) - minor(b))
}
