import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benchCache } from './clients.ts'
import { BenchError, DIST, type Entry, program, run, sideBySide } from './measure.ts'

/** Wheels of about 5, 17 and 55 MB. */
const WHEELS = ['cryptography==50.0.2', 'numpy==2.4.6', 'pyarrow==26.0.1']

const MS_PER_MEGABYTE = 50

/** Returns the paths of the wheels, which are downloaded once into the cache, the same on each machine. */
async function wheels(python: string): Promise<string[]> {
  const folder = benchCache('wheels')
  const mark = join(folder, `complete-${WHEELS.join('-')}`)
  if (!existsSync(mark)) {
    rmSync(folder, { recursive: true, force: true })
    const which = ['--only-binary', ':all:', '--platform', 'manylinux_2_34_x86_64', '--python-version', '3.12']
    const platforms = ['manylinux_2_28_x86_64', 'manylinux_2_17_x86_64'].flatMap((each) => ['--platform', each])
    const argv = [python, '-m', 'pip', 'download', '-q', '--no-deps', ...which, ...platforms, '--dest', folder] as const
    await run([...argv, ...WHEELS]).catch((cause: Error) => {
      throw new BenchError(`${WHEELS.join(', ')} cannot be downloaded from PyPI: ${cause.message}`)
    })
    writeFileSync(mark, '')
  }
  const names = readdirSync(folder).filter((each) => each.endsWith('.whl'))
  return names.sort().map((each) => join(folder, each))
}

/** Inspections of real wheels, against Python's test of their checksums and against a time per megabyte. */
export async function inspect(): Promise<Entry[]> {
  const python = program('python3')
  const entries: Entry[] = []
  for (const wheel of await wheels(python)) {
    const times = await sideBySide({
      ours: async () => (await run([process.execPath, join(DIST, 'slipway.js'), 'inspect', wheel])).seconds,
      python: async () => (await run([python, '-m', 'zipfile', '-t', wheel])).seconds,
    })
    const megabytes = statSync(wheel).size / 1e6
    const perMegabyte = (times.ours * 1000) / megabytes
    const what = `inspect a wheel of ${megabytes.toFixed(0)} MB (${times.ours.toFixed(2)} s)`
    entries.push(
      {
        name: 'inspect',
        what,
        against: `${MS_PER_MEGABYTE} ms per MB`,
        ratio: perMegabyte / MS_PER_MEGABYTE,
        limit: 1,
      },
      {
        name: 'inspect',
        what,
        against: `python -m zipfile -t (${times.python.toFixed(2)} s)`,
        ratio: times.ours / times.python,
        limit: null,
      },
    )
  }
  return entries
}
