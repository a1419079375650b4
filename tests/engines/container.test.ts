import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest } from '@jest/globals'
import type { ProblemError } from '@slipway/core/problem'
import { startContainer, withContainer } from '@slipway/toolchain/container/run'
import { needs } from '../tools.ts'
import { call, type Daemon } from './daemon.ts'
import { startDocker } from './harness.ts'
import { BUSYBOX, plantContext, portsWith } from './images.ts'

const test = needs('dockerd', 'docker', 'busybox')

const IMAGE = 'slipway-test/tools:1'
const DOCKERFILE = `FROM scratch
COPY busybox ${BUSYBOX}
RUN ["${BUSYBOX}", "--install", "-s", "/bin"]
ENV OF_IMAGE=yes
`

let dir: string
let docker: Daemon
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'container-'))
  docker = await startDocker(join(dir, 'docker'))
  const context = await plantContext(join(dir, 'context'))
  await writeFile(join(context, 'Tools'), DOCKERFILE)
  await call(docker.env, 'docker', 'build', '--tag', IMAGE, '--file', join(context, 'Tools'), context)
})
afterAll(async () => {
  await docker?.close()
  await rm(dir, { recursive: true, force: true })
})

test('runs commands with mounts and variables, and leaves only the files that they write', async () => {
  const [sources, out] = [join(dir, 'so,u"rces'), join(dir, 'out')]
  await mkdir(sources)
  await mkdir(out)
  await writeFile(join(sources, 'in'), 'text')
  const ports = portsWith({ ...docker.env, DEPLOY_TOKEN: 'hush', OF_CALLER: 'no' })
  const told: string[] = []
  const container = await startContainer(ports, {
    image: IMAGE,
    network: 'none',
    mounts: [{ host: sources, container: '/in', readOnly: true }, { host: out }],
  })
  try {
    expect(container.image).toMatch(/^sha256:[0-9a-f]{64}$/)
    const env = { HOME: '/away', PRIVATE: 'a value', EMPTY: '' }
    const script = `echo one; env | sort; cp /in/in ${out}/copy; pwd; touch /in/more`
    const finished = await container.run({ argv: ['sh', '-c', script], cwd: '/bin', env, onLine: (l) => told.push(l) })
    expect(finished).toMatchObject({ code: 1, stderr: expect.stringContaining('Read-only file system') })
    expect(finished.stdout).toMatch(/^EMPTY=\nHOME=\/away\n(?:.*\n)*?OF_IMAGE=yes\n(?:.*\n)*?PRIVATE=a value\n/m)
    expect(finished.stdout).not.toMatch(/OF_CALLER|DEPLOY_TOKEN|hush/)
    expect(finished.stdout).toMatch(/^\/bin$/m)
    expect(told).toContain('one')
    expect(await readFile(join(out, 'copy'), 'utf8')).toBe('text')
    // What one command writes outside of mounts, the next one finds.
    expect((await container.run({ argv: ['touch', '/kept'], cwd: '/', user: 'root' })).code).toBe(0)
    expect((await container.run({ argv: ['ls', '/kept'], cwd: '/', user: 'caller' })).stdout).toBe('/kept\n')
    expect([126, 127]).toContain((await container.run({ argv: ['no-such-program'], cwd: '/' })).code)
  } finally {
    await container.close()
  }
  expect(await call(docker.env, 'docker', 'ps', '--all', '--quiet')).toBe('')
})

test('a file belongs to the user who runs the command', async () => {
  const out = join(dir, 'owned')
  await mkdir(out)
  // Any user may write there, and this one need not be root.
  await chmod(out, 0o777)
  jest.spyOn(process, 'getuid').mockReturnValue(1234)
  const options = { image: IMAGE, mounts: [{ host: out }], network: 'none' } as const
  const { code, stdout } = await withContainer(portsWith(docker.env), options, (started) =>
    started.run({ argv: ['sh', '-c', 'id -u; echo > mine'], cwd: out, user: 'caller' }),
  )
  jest.restoreAllMocks()
  expect([code, stdout]).toEqual([0, '1234\n'])
  expect((await stat(join(out, 'mine'))).uid).toBe(1234)
  expect(await call(docker.env, 'docker', 'ps', '--all', '--quiet')).toBe('')
})

test('an image that cannot be pulled, and a container that cannot start, are problems', async () => {
  const code = async (image: string, mounts: { host: string }[] = []) => {
    const run = withContainer(portsWith(docker.env), { image, mounts }, (started) =>
      started.run({ argv: ['true'], cwd: '/' }),
    )
    return run.then(String, (thrown: ProblemError) => [thrown.problems[0]?.code, thrown.message])
  }
  expect(await code('127.0.0.1:1/missing:1')).toEqual([
    'image-not-pulled',
    expect.stringContaining('docker cannot pull 127.0.0.1:1/missing:1'),
  ])
  expect(await code(IMAGE, [{ host: join(dir, 'missing') }])).toEqual([
    'container-not-started',
    expect.stringContaining('missing'),
  ])
  expect(await call(docker.env, 'docker', 'ps', '--all', '--quiet')).toBe('')
})
