import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { inTurn, keepFresh, lockFolder } from '../../../packages/cli/src/rehearse/lock.ts'
import {
  identityOf,
  type ProcessIdentity,
  type ProcessSystem,
  thisSystem,
} from '../../../packages/cli/src/rehearse/process-identity.ts'

let dir = ''
let file = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-lock-'))
  file = join(dir, 'rehearsal.lock')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const lines: string[] = []
const log = { info: (line: string) => void lines.push(line), debug() {}, problem() {} }
const ports = { clock: { ...systemClock, sleep: () => setTimeout(1) }, log }

const system = thisSystem()
const own = await identityOf(system)
const lock = (holder: Partial<ProcessIdentity>) => JSON.stringify({ ...own, ...holder, id: 'of a test' })
const endedPid = () => spawnSync(process.execPath, ['-e', '']).pid

/** Writes a lock that was last touched some seconds ago. */
async function writeLock(holder: Partial<ProcessIdentity>, age = 0): Promise<void> {
  await writeFile(file, lock(holder))
  const touched = new Date(Date.now() - age * 1000)
  await utimes(file, touched, touched)
}

/** Locks the folder and releases it; returns whether that worked. */
async function canLock(seen: ProcessSystem = system): Promise<boolean> {
  const release = await lockFolder(dir, seen).catch(() => null)
  await release?.()
  return release !== null
}

test('processes that take turns never overlap, and leave no files', async () => {
  let acting = 0
  const most: number[] = []
  const act = async () => {
    most.push(++acting)
    await setTimeout(5)
    acting--
  }
  await Promise.all(Array.from({ length: 8 }, () => inTurn(ports, dir, act)))
  expect(most).toEqual(Array(8).fill(1))
  expect(lines[0]).toContain(String(process.pid))
  expect(await readdir(dir)).toEqual([])
})

test('a failure releases the folder', async () => {
  await expect(inTurn(ports, dir, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck')
  expect(await inTurn(ports, dir, async () => 'next')).toBe('next')
})

test.each([
  ['of an ended process', () => lock({ pid: endedPid() })],
  ['of an earlier process with the same id', () => lock({ start: `${own.start}1` })],
  ['that is empty', () => ''],
  ['of another form', () => String(process.pid)],
])('a lock %s is replaced', async (_, text) => {
  await writeFile(file, text())
  const release = await lockFolder(dir)
  await expect(lockFolder(dir)).rejects.toThrow(`Process ${process.pid}`)
  await release()
  expect(await readdir(dir)).toEqual([])
})

test('a lock from before the last boot is replaced', async () => {
  await writeLock({ boot: 'earlier' }, 20)
  expect(await canLock({ ...system, uptime: () => 30 })).toBe(false)
  expect(await canLock({ ...system, uptime: () => 10 })).toBe(true)
})

test.each([
  ['container', { namespace: 'pid:[1]' }],
  ['machine', { boot: 'other' }],
  ['system that knows neither boot nor namespace', { boot: '', namespace: '' }],
])('a lock of another %s holds while it is touched, whatever runs here under its id', async (_, where) => {
  const seen = { ...system, boot: async () => 'this', namespace: async () => 'pid:[2]', uptime: () => 86_400 }
  for (const pid of [process.pid, endedPid()]) {
    await writeLock({ boot: 'this', namespace: 'pid:[2]', ...where, pid }, 50)
    expect([pid, await canLock(seen)]).toEqual([pid, false])
    await writeLock({ boot: 'this', namespace: 'pid:[2]', ...where, pid }, 70)
    expect([pid, await canLock(seen)]).toEqual([pid, true])
  }
})

test('a holder touches its own lock, and no later one', async () => {
  await writeLock({}, 50)
  const age = async () => Date.now() - (await stat(file)).mtimeMs
  const stop = keepFresh(file, lock({}), 5)
  while ((await age()) > 10_000) await setTimeout(5)
  await writeLock({ pid: 1 }, 50)
  await setTimeout(50)
  expect(await age()).toBeGreaterThan(40_000)
  stop()
})

test('a system that cannot look into a process takes it for running', async () => {
  await writeLock({ start: '' })
  expect(await canLock()).toBe(false)
  await writeLock({})
  expect(await canLock({ ...system, find: async () => ({ start: '', hasEnded: false }) })).toBe(false)
})

/** Starts a process that locks the folder; returns it with its answer. */
async function lockingProcess() {
  const script = join(import.meta.dirname, 'lock-process.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, dir])
  const [answer] = await once(child.stdout, 'data')
  return { child, answer: String(answer).trim() }
}

test('of two processes one has the folder; when it is killed, the next gets it', async () => {
  const first = await lockingProcess()
  const second = await lockingProcess()
  try {
    expect(first.answer).toBe('locked')
    expect(second.answer).toBe(`Process ${first.child.pid} is already rehearsing in ${dir}.`)
    const exited = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await exited
    const third = await lockingProcess()
    third.child.kill('SIGKILL')
    expect(third.answer).toBe('locked')
  } finally {
    for (const { child } of [first, second]) child.kill('SIGKILL')
  }
})

test('a zombie holds no lock', async () => {
  // The shell starts a child and becomes a program that does not wait for it.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'])
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    const { start = '' } = (await system.find(pid)) ?? {}
    await writeFile(file, lock({ pid, start }))
    await expect(lockFolder(dir)).rejects.toThrow(`Process ${pid}`)
    process.kill(pid, 'SIGKILL')
    for (let wait = 0; wait < 500 && !(await system.find(pid))?.hasEnded; wait++) await setTimeout(10)
    // A zombie still accepts signals.
    expect(process.kill(pid, 0)).toBe(true)
    expect(await thisSystem('darwin').find(pid)).toMatchObject({ hasEnded: true })
    expect(await canLock()).toBe(true)
    expect(await readdir(dir)).toEqual([])
  } finally {
    parent.kill('SIGKILL')
  }
})

test.each(['linux', 'darwin'] as const)('a start identifies a process (%s)', async (platform) => {
  if (platform === 'linux' && process.platform !== 'linux') return
  const { find } = thisSystem(platform)
  const first = await find(process.pid)
  expect(first).toMatchObject({ start: expect.stringMatching(/\d/), hasEnded: false })
  await setTimeout(1100)
  expect(await find(process.pid)).toEqual(first)
  const child = spawn('sleep', ['600'])
  try {
    expect((await find(child.pid as number))?.start).not.toBe(first?.start)
  } finally {
    child.kill('SIGKILL')
  }
  for (const pid of [0, -1, Number.NaN]) expect(await find(pid)).toBeNull()
})

test('of many processes that find a stale lock, one gets the folder, even if another died while removing the lock', async () => {
  const dead = lock({ pid: endedPid() })
  const name = createHash('sha256').update(dead).digest('hex').slice(0, 16)
  for (let round = 0; round < 20; round++) {
    for (const each of ['', `.${name}`]) await writeFile(join(dir, `rehearsal.lock${each}`), dead)
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dir)))
    const releases = taken.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    expect(releases.length).toBeLessThanOrEqual(1)
    const release = releases[0] ?? (await lockFolder(dir))
    await release()
    expect(await readdir(dir)).toEqual([])
  }
})

test('a process that lost its lock does not release the next one', async () => {
  const release = await lockFolder(dir)
  const next = lock({})
  await writeFile(file, next)
  await release()
  expect(await readFile(file, 'utf8')).toBe(next)
})

test('a lock that is never released is removed after the longest build', async () => {
  let now = 0
  const clock = {
    now: () => now,
    async sleep() {
      now += 600_000
    },
  }
  await lockFolder(dir)
  expect(await inTurn({ clock, log }, dir, async () => 'at last')).toBe('at last')
})
