import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from '@jest/globals'
import type { Ports } from '@slipway/core/ports'
import { buildPython } from '@slipway/toolchain/build-python'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import { createVenv, pip, programOf } from '@slipway/toolchain/venv'
import { realPorts } from './ports.ts'

const run = promisify(execFile)
const root = await mkdtemp(join(tmpdir(), 'slipway-python-'))
const cacheDir = join(root, 'cache')
afterAll(() => rm(root, { recursive: true, force: true }))

const TIME = 1_700_000_000
/** Too long for a tar header. */
const LONG = `src/demo/${'long_'.repeat(25)}.py`

/** Writes a setuptools package whose files have the given time. */
async function checkout(name: string, time: number): Promise<string> {
  const dir = join(root, name)
  const files = {
    'pyproject.toml': `[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"
[project]
name = "Demo.Py"
version = "1.0"
[project.scripts]
demo = "demo:main"
`,
    'src/demo/__init__.py': 'def main():\n    print("hello")\n',
    'src/demo/ünï.py': '',
    [LONG]: '',
    README: 'Demo\n',
    'MANIFEST.in': 'include README\n',
  }
  await mkdir(join(dir, 'src/demo'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(dir, path), text)
    await utimes(join(dir, path), time, time)
  }
  return dir
}

/** Ports whose programs create files with the given umask. */
function masked(umask: string): Ports {
  const ports = realPorts()
  const exec: Ports['exec'] = (command) => {
    return ports.exec({ ...command, argv: ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', ...command.argv] })
  }
  return { ...ports, exec }
}

test('setuptools builds the same sdist at two times and with two umasks, and pip installs it', async () => {
  const built = async (name: string, time: number, umask: string) => {
    const dir = await checkout(name, time)
    const { sdist } = await buildPython(masked(umask), { dir, out: join(dir, 'out'), cacheDir, sourceDateEpoch: TIME })
    return sdist
  }
  const first = await built('first', TIME, '022')
  // Archives store whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const second = await built('second', TIME + 5000, '077')
  expect(second.endsWith('/demo_py-1.0.tar.gz')).toBe(true)
  expect(await readFile(second)).toEqual(await readFile(first))

  const { stdout } = await run('tar', ['tvzf', first, '--utc', '--full-time'], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  const lines = stdout.trim().split('\n')
  expect(
    lines.filter((each) => !/^(?:-rw-r--r--|drwxr-xr-x) 0\/0 +\d+ 2023-11-14 22:13:20 demo_py-1\.0\//.test(each)),
  ).toEqual([])
  expect(lines.map((each) => each.replace(/^.* demo_py-1\.0\//, ''))).toContain(LONG)

  const ports = realPorts()
  const python = bestPython(await findPythons(ports))
  const venv = await createVenv(ports, python, join(root, 'venv'))
  expect(await pip(ports, venv, ['install', '--quiet', '--no-deps', first])).toMatchObject({ code: 0 })
  expect((await run(programOf(venv, 'demo'))).stdout).toBe('hello\n')
})

/** Ports with this machine's Pythons, and with the given exit codes for the commands that match. */
function failing(answers: [words: RegExp, code: number][]): Ports {
  const ports = realPorts()
  const exec: Ports['exec'] = async (command) => {
    const words = command.argv.join(' ')
    const found = answers.find(([pattern]) => pattern.test(words))
    if (!found) return ports.exec(command)
    return { code: found[1], stdout: 'build 1.3.0', stderr: 'no space left on device' }
  }
  return { ...ports, exec }
}

test.each<[code: string, answers: [RegExp, number][]]>([
  ['venv-failed', [[/ -m venv /, 1]]],
  [
    'build-not-installed',
    [
      [/ -m venv /, 0],
      [/\bpip .*install/, 1],
    ],
  ],
  [
    'python-build-failed',
    [
      [/ -m venv /, 0],
      [/\bpip .*install/, 0],
      [/--version/, 0],
      [/--outdir/, 1],
    ],
  ],
])('%s has the output of the tool, and no file is left in the folder', async (code, answers) => {
  const dir = await checkout(code, TIME)
  const options = { dir, out: join(dir, 'out'), cacheDir: join(root, `cache-${code}`), sourceDateEpoch: TIME }
  await expect(buildPython(failing(answers), options)).rejects.toMatchObject({
    problems: [{ code, message: expect.stringContaining('no space left on device') }],
  })
  expect(await readdir(options.out).catch(() => [])).toEqual([])
})
