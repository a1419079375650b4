import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { incarnationOf } from '../../../packages/cli/src/rehearse/incarnation.ts'
import { inTurn, lockFolder } from '../../../packages/cli/src/rehearse/lock.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-lock-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const said: string[] = []
const log = { info: (line: string) => void said.push(line), debug() {}, problem() {} }
const ports = { clock: { ...systemClock, sleep: () => setTimeout(1) }, log }

test('those who take turns never act together, and leave nothing behind', async () => {
  let acting = 0
  const most: number[] = []
  const act = async () => {
    most.push(++acting)
    await setTimeout(5)
    acting--
  }
  await Promise.all(Array.from({ length: 8 }, () => inTurn(ports, dir, act)))
  expect(most).toEqual(Array(8).fill(1))
  expect(said[0]).toContain(String(process.pid))
  expect(await readdir(dir)).toEqual([])
})

test('what fails gives the folder back', async () => {
  await expect(inTurn(ports, dir, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck')
  expect(await inTurn(ports, dir, async () => 'next')).toBe('next')
})

const lock = (pid: number, start: string) => JSON.stringify({ pid, start, id: 'of a test' })
const own = (await incarnationOf(process.pid)) ?? ''

test.each([
  ['of a process that is gone', () => lock(spawnSync(process.execPath, ['-e', '']).pid, own)],
  [
    'of an earlier process of the same id',
    () =>
      lock(
        process.pid,
        own.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      ),
  ],
  ['of the same start after another boot', () => lock(process.pid, own.replace(/^\S+/, 'other'))],
  ['that is empty', () => ''],
  ['of another form', () => String(process.pid)],
])('a lock %s counts for nothing', async (_, text) => {
  await writeFile(join(dir, 'rehearsal.lock'), text())
  const release = await lockFolder(dir)
  await expect(lockFolder(dir)).rejects.toThrow(`Process ${process.pid}`)
  await release()
  expect(await readdir(dir)).toEqual([])
})

test('a killed process whose parent does not wait for it has nothing locked any more', async () => {
  // What sh becomes has a child that it does not know of.
  const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'])
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    const start = await incarnationOf(pid)
    await writeFile(join(dir, 'rehearsal.lock'), lock(pid, start ?? ''))
    await expect(lockFolder(dir)).rejects.toThrow(`Process ${pid}`)
    process.kill(pid, 'SIGKILL')
    for (let wait = 0; wait < 500 && (await incarnationOf(pid)) !== null; wait++) await setTimeout(10)
    // It is a zombie: still there for signals.
    expect(process.kill(pid, 0)).toBe(true)
    expect(await Promise.all([incarnationOf(pid), incarnationOf(pid, 'darwin')])).toEqual([null, null])
    const release = await lockFolder(dir)
    await release()
    expect(await readdir(dir)).toEqual([])
  } finally {
    parent.kill('SIGKILL')
  }
})

test.each(['linux', 'darwin'] as const)('a process is told from others by its start (%s)', async (platform) => {
  if (platform === 'linux' && process.platform !== 'linux') return
  const first = await incarnationOf(process.pid, platform)
  expect(first).toMatch(/\d/)
  await setTimeout(1100)
  expect(await incarnationOf(process.pid, platform)).toBe(first)
  const child = spawn('sleep', ['600'])
  try {
    expect(await incarnationOf(child.pid as number, platform)).not.toBe(first)
  } finally {
    child.kill('SIGKILL')
  }
  for (const pid of [0, -1, Number.NaN]) expect(await incarnationOf(pid, platform)).toBeNull()
})

test('of many that find the lock of a dead process, one has the folder, though another died as it removed that', async () => {
  const dead = lock(spawnSync(process.execPath, ['-e', '']).pid, own)
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

test('who took too long does not release the lock of the next', async () => {
  const release = await lockFolder(dir)
  const next = lock(process.pid, own)
  await writeFile(join(dir, 'rehearsal.lock'), next)
  await release()
  expect(await readFile(join(dir, 'rehearsal.lock'), 'utf8')).toBe(next)
})

test('a lock that nobody gives back is waited for no longer than anyone builds', async () => {
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
