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

/** A sandbox as a user starts it, once its FILE is there. */
async function startSandbox(dir: string) {
  const file = join(temporaryFolder(), 'addresses.json')
  const child = start(['sandbox', '--dir', dir, '--json', file])
  running.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  for (let waited = 0; !existsSync(file); waited += 10) {
    if (child.exitCode !== null || waited > 10_000) throw new Error(`no addresses: ${said}`)
    await setTimeout(10)
  }
  // At this moment, not later, all services must answer.
  const description = await settled(file)
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return { file, description, stop, said: () => said }
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

test('the file of addresses is there once each of them answers, and readable by its owner only', async () => {
  const dir = temporaryFolder()
  const { file, description, said, stop } = await startSandbox(dir)
  for (const address of addresses(description))
    expect([address, (await fetch(address)).status < 500]).toEqual([address, true])
  expect(JSON.parse(readFileSync(join(dir, 'sandbox.json'), 'utf8'))).toEqual(description)
  expect(statSync(file).mode & 0o077).toBe(0)
  await setTimeout(50)
  for (const shown of [description.cargo.index, description.pypi.token, description.github.api])
    expect(said()).toContain(shown)
  expect(said()).not.toContain('\u001b')
  expect(await stop('SIGTERM')).toBe(0)
})

test('a second one in the same folder is told so, and leaves the first alone', async () => {
  const dir = temporaryFolder()
  const { description, stop } = await startSandbox(dir)
  const second = await slipway(['sandbox', '--dir', dir])
  expect([second.code, second.stdout]).toEqual([1, ''])
  expect(second.stderr).toMatch(/^error\[sandbox-running\]: /)
  expect(second.stderr).toContain(String(description.pid))
  expect((await fetch(`${description.control.url}/health`)).status).toBe(200)
  expect(await stop('SIGTERM')).toBe(0)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it cleanly; its state is there at the next start',
  async (signal) => {
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
  },
)

test('one that was killed is no hindrance', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox(dir)
  await first.stop('SIGKILL')
  expect(existsSync(join(dir, 'sandbox.json'))).toBe(true)
  const second = await startSandbox(dir)
  expect(second.description.cargo).toEqual(first.description.cargo)
  expect(await second.stop('SIGTERM')).toBe(0)
})

test('addresses that cannot be written are a failure that ends it', async () => {
  const dir = temporaryFolder()
  const child = start(['sandbox', '--dir', dir, '--json', join(dir, 'nowhere', 'file')])
  running.push(child)
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise((done) => child.once('exit', done))
  const code = await Promise.race([ended, setTimeout(4000, 'still running', { ref: false })])
  expect([code, existsSync(join(dir, 'sandbox.json'))]).toEqual([1, false])
  expect(said).toMatch(/json-file.*nowhere/)
})
