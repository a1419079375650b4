import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
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

test.each([
  ['of a process that is gone', () => String(spawnSync(process.execPath, ['-e', '']).pid)],
  ['that is empty', () => ''],
])('a lock %s counts for nothing', async (_, text) => {
  await writeFile(join(dir, 'rehearsal.lock'), text())
  const release = await lockFolder(dir)
  await expect(lockFolder(dir)).rejects.toThrow(`Process ${process.pid}`)
  await release()
  expect(await readdir(dir)).toEqual([])
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
