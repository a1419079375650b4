import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { incarnationOf } from './incarnation.ts'

/** What releases a folder. */
type Release = () => Promise<void>

function lockOf(dir: string): string {
  return join(dir, 'rehearsal.lock')
}

/** What a lock's file says of the process that has the folder. */
interface Holder {
  pid: number
  /** Its `incarnationOf`. */
  start: string
  /** Of this lock alone: a process may wait for itself. */
  id: string
}

function holderIn(text: string): Holder | null {
  try {
    const { pid, start, id } = JSON.parse(text)
    return Number.isInteger(pid) && typeof start === 'string' && typeof id === 'string' ? { pid, start, id } : null
  } catch {
    return null
  }
}

/** Whether the process still runs: one that has its id by now is another. */
async function lives({ pid, start }: Holder): Promise<boolean> {
  const found = await incarnationOf(pid)
  return found !== null && (found === '' || start === '' || found === start)
}

/** The text of a lock; null when it is gone. */
function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

/**
 * Removes a lock of this text. Only who has that lock's own lock may: by the time that two have seen it, one may have
 * removed it and locked the folder.
 * @returns the process that is removing it, if another is
 */
async function removeLock(path: string, text: string): Promise<number | null> {
  const taken = await take(`${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`)
  if (typeof taken === 'number') return taken
  try {
    if ((await read(path)) === text) await unlink(path)
    return null
  } finally {
    await taken()
  }
}

/** Takes a lock for this process alone, or gives the process that has it. The lock of a process that is gone counts for nothing. */
async function take(path: string): Promise<Release | number> {
  const id = randomUUID()
  const own = `${path}.${id}`
  const text = JSON.stringify({ pid: process.pid, start: (await incarnationOf(process.pid)) ?? '', id })
  await writeFile(own, text)
  try {
    for (;;) {
      try {
        // With its process in it from the first moment on.
        await link(own, path)
        return async () => {
          if ((await read(path)) === text) await unlink(path).catch(() => {})
        }
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      }
      const found = await read(path)
      if (found === null) continue
      const holder = holderIn(found)
      if (holder && (await lives(holder))) return holder.pid
      const other = await removeLock(path, found)
      if (other !== null) return other
    }
  } finally {
    await unlink(own).catch(() => {})
  }
}

/**
 * Takes a folder for this process alone; gives what releases it.
 * @throws ProblemError `sandbox-in-use` when another process has it
 */
export async function lockFolder(dir: string): Promise<Release> {
  const taken = await take(lockOf(dir))
  if (typeof taken !== 'number') return taken
  const hint = 'Wait until it is done, or name another folder with --sandbox.'
  throw new ProblemError(error('sandbox-in-use', `Process ${taken} is already rehearsing in ${dir}.`, hint))
}

/** Milliseconds between two looks at a folder that another process has. */
const PAUSE = 200

/** Milliseconds after which nobody builds any more: the process hangs. */
const LONGEST = 3_600_000

/** Acts while a folder is this process's alone; waits until it is. */
export async function inTurn<T>(
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
  dir: string,
  act: () => Promise<T>,
): Promise<T> {
  const path = lockOf(dir)
  let taken = await take(path)
  if (typeof taken === 'number') log.info(`Waiting for process ${taken}, which builds in the same folder`)
  const end = clock.now() + LONGEST
  for (; typeof taken === 'number'; taken = await take(path)) {
    await clock.sleep(PAUSE)
    const found = clock.now() > end ? await read(path) : null
    if (found !== null) await removeLock(path, found)
  }
  try {
    return await act()
  } finally {
    await taken()
  }
}
