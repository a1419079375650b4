import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { SandboxDescription } from '@slipway/sandbox/description'
import { temporaryFolder } from '../sandbox/harness.ts'
import { slipway, start } from './command.ts'

const running: ReturnType<typeof start>[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** Starts a sandbox as a user does, and waits for its FILE. */
async function startSandbox(dir: string) {
  const file = join(temporaryFolder(), 'addresses.json')
  const child = start(['sandbox', '--dir', dir, '--json', file])
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  for (let waited = 0; !existsSync(file); waited += 10) {
    if (child.exitCode !== null || waited > 10_000) throw new Error(`no addresses: ${output}`)
    await setTimeout(10)
  }
  // All services must answer by now.
  const description = await settled(file)
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return { file, description, stop, output: () => output }
}

async function settled(file: string): Promise<SandboxDescription> {
  for (;;) {
    const text = readFileSync(file, 'utf8')
    if (text.endsWith('}\n')) return JSON.parse(text)
    await setTimeout(1)
  }
}

function addresses(description: SandboxDescription): string[] {
  const { cargo, pypi, testpypi, github, dockerhub, ghcr, actions, oidc, control } = description
  const index = `${cargo.index.replace(/^sparse\+/, '')}config.json`
  return [
    index,
    pypi.simple,
    pypi.upload,
    testpypi.simple,
    testpypi.upload,
    cargo.api,
    github.api,
    github.uploads,
    `${github.git}/someone/project.git/info/refs?service=git-upload-pack`,
    `${dockerhub.registry}/v2/`,
    `${ghcr.registry}/v2/`,
    actions.results,
    oidc.request,
    `${oidc.issuer}/.well-known/openid-configuration`,
    `${control.url}/health`,
  ]
}

test('the file of addresses appears once all services answer, readable by its owner only', async () => {
  const dir = temporaryFolder()
  const { file, description, output, stop } = await startSandbox(dir)
  for (const address of addresses(description))
    expect([address, (await fetch(address)).status < 500]).toEqual([address, true])
  expect(JSON.parse(readFileSync(join(dir, 'sandbox.json'), 'utf8'))).toEqual(description)
  expect(statSync(file).mode & 0o077).toBe(0)
  await setTimeout(50)
  for (const shown of [description.cargo.index, description.pypi.token, description.github.api])
    expect(output()).toContain(shown)
  expect(output()).not.toContain('\u001b')
  expect(await stop('SIGTERM')).toBe(0)
})

test('a second sandbox in the same folder fails and leaves the first running', async () => {
  const dir = temporaryFolder()
  const { description, stop } = await startSandbox(dir)
  const second = await slipway(['sandbox', '--dir', dir])
  expect([second.code, second.stdout]).toEqual([1, ''])
  expect(second.stderr).toMatch(/^error\[sandbox-running\]: /)
  expect(second.stderr).toContain(String(description.pid))
  expect((await fetch(`${description.control.url}/health`)).status).toBe(200)
  expect(await stop('SIGTERM')).toBe(0)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops the sandbox; the next start finds its state', async (signal) => {
  const dir = temporaryFolder()
  const first = await startSandbox(dir)
  const { pid, ...state } = first.description
  const created = await fetch(`${state.github.api}/repos/owner/project/releases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${state.github.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tag_name: 'v1.0.0' }),
  })
  expect(created.status).toBe(201)
  expect(await first.stop(signal)).toBe(0)
  expect(existsSync(join(dir, 'sandbox.json'))).toBe(false)
  await expect(fetch(state.control.url)).rejects.toThrow()

  const second = await startSandbox(dir)
  const { pid: other, ...again } = second.description
  expect(other).not.toBe(pid)
  expect(again).toEqual(state)
  expect((await fetch(`${state.github.api}/repos/owner/project/releases/tags/v1.0.0`)).status).toBe(200)
  expect(await second.stop(signal)).toBe(0)
})

test('a sandbox starts after the last one was killed', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox(dir)
  await first.stop('SIGKILL')
  expect(existsSync(join(dir, 'sandbox.json'))).toBe(true)
  const second = await startSandbox(dir)
  expect(second.description.cargo).toEqual(first.description.cargo)
  expect(await second.stop('SIGTERM')).toBe(0)
})

test('a sandbox that cannot write its addresses fails', async () => {
  const dir = temporaryFolder()
  const child = start(['sandbox', '--dir', dir, '--json', join(dir, 'nowhere', 'file')])
  running.push(child)
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise((done) => child.once('exit', done))
  const code = await Promise.race([ended, setTimeout(4000, 'still running', { ref: false })])
  expect([code, existsSync(join(dir, 'sandbox.json'))]).toEqual([1, false])
  expect(output).toMatch(/json-file.*nowhere/)
})
