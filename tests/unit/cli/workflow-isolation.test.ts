import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from '@jest/globals'
import type { Ports } from '@slipway/core/ports'
import { isolate } from '../../../packages/cli/src/rehearse/workflow/isolation.ts'
import { startGate } from '../../../packages/cli/src/rehearse/workflow/network.ts'

const run = promisify(execFile)
const folders: string[] = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'slipway-test-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

/** Creates a user's home with credentials, and the environment of a shell in it. */
async function user(): Promise<{ home: string; ports: Ports }> {
  const home = await folder()
  await mkdir(join(home, '.cargo', 'registry', 'cache', 'x'), { recursive: true })
  await mkdir(join(home, '.config', 'pip'), { recursive: true })
  await writeFile(join(home, '.cargo', 'credentials.toml'), 'token = "real"')
  await writeFile(join(home, '.cargo', 'registry', 'cache', 'x', 'a.crate'), 'bytes')
  await writeFile(
    join(home, '.cargo', 'config.toml'),
    '[registry]\ntoken = "real"\n[registries.own]\nindex = "sparse+https://own.example/"\ntoken = "real"\n[http]\nproxy = "http://real"\ncainfo = "/x.pem"\n',
  )
  await writeFile(join(home, '.config', 'pip', 'pip.conf'), '[global]\ntimeout = 9\n')
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CARGO_HOME: join(home, '.cargo'),
    LANG: 'C.UTF-8',
    CARGO_REGISTRY_TOKEN: 'real',
    CARGO_REGISTRIES_OWN_TOKEN: 'real',
    CARGO_HTTP_CAINFO: '/x.pem',
    CARGO_HTTP_PROXY: 'http://real',
    GH_TOKEN: 'real',
    SSH_AUTH_SOCK: '/real',
    PIP_CERT: '/x.pem',
    DOCKER_HOST: 'unix:///engine',
    DOCKER_CONFIG: '/real',
    TWINE_PASSWORD: 'real',
    NODE_OPTIONS: '--require /real.js',
  }
  return { home, ports: { env } as unknown as Ports }
}

const AROUND = { project: '/project', proxy: 'http://127.0.0.1:9' }

test('a workflow gets no credentials of the user, neither in the environment nor in files', async () => {
  const { home, ports } = await user()
  const to = await folder()
  const env = await isolate(ports, to, { ...AROUND, fixed: { SLIPWAY_SANDBOX: '/s.json' } })
  expect(Object.values(env).filter((each) => /real/.test(each))).toEqual([])
  expect(env).toMatchObject({
    LANG: 'C.UTF-8',
    CARGO_HTTP_CAINFO: '/x.pem',
    PIP_CERT: '/x.pem',
    DOCKER_HOST: 'unix:///engine',
    HOME: join(to, 'home'),
    RUSTUP_HOME: join(home, '.rustup'),
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: 'localhost,127.0.0.1,::1',
  })
  const cargo = env.CARGO_HOME ?? ''
  const config = await readFile(join(cargo, 'config.toml'), 'utf8')
  expect(config).toContain('https://own.example/')
  expect(config).not.toContain('real')
  expect(await stat(join(cargo, 'credentials.toml')).catch(() => null)).toBeNull()
  expect(await readFile(join(cargo, 'registry', 'cache', 'x', 'a.crate'), 'utf8')).toBe('bytes')
  expect(await readFile(join(to, 'home', '.config', 'pip', 'pip.conf'), 'utf8')).toContain('timeout')
})

test('cargo reaches crates.io in the way that the project, or a folder above it, is configured to', async () => {
  const { ports } = await user()
  const [above, to] = [await folder(), await folder()]
  await mkdir(join(above, '.cargo'))
  const mirror = '[source.mirror]\nregistry = "sparse+https://mirror.example/"\n[registries.mirror]\ntoken = "real"\n'
  await writeFile(join(above, '.cargo', 'config.toml'), `[source.crates-io]\nreplace-with = "mirror"\n${mirror}`)
  const env = await isolate(ports, to, { ...AROUND, project: join(above, 'project'), fixed: {} })
  const config = await readFile(join(env.CARGO_HOME ?? '', 'config.toml'), 'utf8')
  expect(config).toContain('https://mirror.example/')
  expect(config).toContain('https://own.example/')
  expect(config).not.toContain('real')
})

test('actions see the sandbox whatever an earlier step wrote; ssh is blocked', async () => {
  const { ports } = await user()
  const env = await isolate(ports, await folder(), { ...AROUND, fixed: { SLIPWAY_SANDBOX: "/it's.json" } })
  const turnedOff = { ...env, SLIPWAY_SANDBOX: '', HTTPS_PROXY: '', 'INPUT_DRY-RUN': 'true' }
  const sees = ['-p', '["SLIPWAY_SANDBOX", "HTTPS_PROXY", "INPUT_DRY-RUN"].map((name) => process.env[name]).join()']
  const found = await run('node', sees, { env: turnedOff })
  expect(found.stdout.trim()).toBe("/it's.json,http://127.0.0.1:9,true")
  const asked = await run('node', ['--no-warnings', '-e', 'console.log(process.execPath)'], { env })
  expect((await run(asked.stdout.trim(), sees, { env: turnedOff })).stdout).toContain("/it's.json")
  await expect(run('ssh', ['-V'], { env })).rejects.toThrow('a rehearsal has no ssh')
})

/** Requests a tunnel from a proxy, sends a line through it, and returns all answers. */
function tunnel(proxy: string, host: string): Promise<string> {
  const { hostname, port } = new URL(proxy)
  return new Promise((done) => {
    let answers = ''
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => {
      answers += chunk
      if (answers.endsWith('established\r\n\r\n') || / 200 .*\r\n\r\n$/s.test(answers)) {
        socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
      }
    })
    socket.once('close', () => done(answers))
    socket.write(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  })
}

test('the proxy connects to the named hosts only', async () => {
  const far = createServer((_, response) => response.end('hello'))
  await new Promise<void>((done) => far.listen(0, '127.0.0.1', done))
  const { port } = far.address() as AddressInfo
  const gate = await startGate(new Set(['localhost']), '')
  const outer = await startGate(new Set(['127.0.0.1']), '')
  const chained = await startGate(new Set(['127.0.0.1', 'localhost']), outer.url)
  try {
    expect(await tunnel(gate.url, `localhost:${port}`)).toMatch(/^HTTP\/1\.1 200 .*hello/s)
    expect(await tunnel(gate.url, `127.0.0.1:${port}`)).toMatch(/^HTTP\/1\.1 403 /)
    expect(await tunnel(chained.url, `127.0.0.1:${port}`)).toMatch(/^HTTP\/1\.1 200 .*hello/s)
    expect(await tunnel(chained.url, `localhost:${port}`)).toMatch(/^HTTP\/1\.1 403 /)
    const plain = (host: string) =>
      run('curl', ['--silent', '--proxy', gate.url, '--noproxy', '', `http://${host}:${port}/`])
    expect((await plain('localhost')).stdout).toBe('hello')
    expect((await plain('127.0.0.1')).stdout).toContain('blocks requests')
    expect(gate.refused()).toEqual(['127.0.0.1'])
  } finally {
    await Promise.all([gate.close(), outer.close(), chained.close()])
    far.close()
  }
})
