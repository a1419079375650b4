import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { LOCK_BEAT_MS, MAX_BUILD_MS, MAX_LOCK_SILENCE_MS } from '../limits.ts'
import { identityOf, isRunning, type ProcessIdentity, type ProcessSystem, thisSystem } from './process-identity.ts'

/** Releases a folder. */
type Release = () => Promise<void>

/** Content of a lock file. */
interface Holder extends ProcessIdentity {
  /** Id of this lock: a process may wait for itself. */
  id: string
}

function lockOf(dir: string): string {
  return join(dir, 'rehearsal.lock')
}

function holderIn(text: string): Holder | null {
  try {
    const { pid, ...texts } = JSON.parse(text)
    const { start, boot, namespace, id } = texts
    const isHolder = Number.isInteger(pid) && [start, boot, namespace, id].every((each) => typeof each === 'string')
    return isHolder ? { pid, start, boot, namespace, id } : null
  } catch {
    return null
  }
}

/**
 * Touches a lock with this text regularly, for processes in other containers, which cannot see this one. Returns the
 * function that stops it.
 */
export function keepFresh(path: string, text: string, every = LOCK_BEAT_MS): () => void {
  const touch = async () => {
    if ((await read(path)) === text) await utimes(path, new Date(), new Date()).catch(() => {})
  }
  const timer = setInterval(touch, every)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Whether the holder of a lock still runs. One that this process cannot see has touched its lock lately, and since this
 * machine booted: a lock from before is of an earlier boot.
 */
async function isHeld(path: string, holder: Holder, system: ProcessSystem): Promise<boolean> {
  const runs = await isRunning(holder, system)
  if (runs !== null) return runs
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs < Math.min(MAX_LOCK_SILENCE_MS, system.uptime() * 1000)
}

/** Returns the text of a lock; null if it is gone. */
function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

/**
 * Removes a lock with this text. The removal needs a lock itself: of two processes that have seen a stale lock, the slower
 * one would remove the new lock of the faster one.
 * @returns the process that is already removing it, or null
 */
async function removeLock(path: string, text: string, system: ProcessSystem): Promise<Holder | null> {
  const taken = await take(`${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, system)
  if (typeof taken !== 'function') return taken
  try {
    if ((await read(path)) === text) await unlink(path)
    return null
  } finally {
    await taken()
  }
}

/** Takes a lock for this process, or returns the process that holds it. A lock whose holder has ended is replaced. */
async function take(path: string, system: ProcessSystem): Promise<Release | Holder> {
  const id = randomUUID()
  const draft = `${path}.${id}`
  const text = JSON.stringify({ ...(await identityOf(system)), id })
  await writeFile(draft, text)
  try {
    for (;;) {
      try {
        // The link makes the lock appear with its whole content.
        await link(draft, path)
        const stop = keepFresh(path, text)
        return async () => {
          stop()
          if ((await read(path)) === text) await unlink(path).catch(() => {})
        }
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      }
      const found = await read(path)
      if (found === null) continue
      const holder = holderIn(found)
      if (holder && (await isHeld(path, holder, system))) return holder
      const other = await removeLock(path, found, system)
      if (other !== null) return other
    }
  } finally {
    await unlink(draft).catch(() => {})
  }
}

/**
 * Locks a folder for this process; returns the function that releases it.
 * @param system differs from this one in tests only
 * @throws ProblemError `sandbox-in-use` if another process has locked it
 */
export async function lockFolder(dir: string, system = thisSystem()): Promise<Release> {
  const taken = await take(lockOf(dir), system)
  if (typeof taken === 'function') return taken
  const hint = 'Wait for it to finish, or pass another folder with --sandbox.'
  throw new ProblemError(error('sandbox-in-use', `Process ${taken.pid} is already rehearsing in ${dir}.`, hint))
}

/** Milliseconds between two attempts to lock a folder. */
const PAUSE = 200

/** Runs `act` while this process has locked a folder; waits for the lock. */
export async function inTurn<T>(
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
  dir: string,
  act: () => Promise<T>,
): Promise<T> {
  const path = lockOf(dir)
  const system = thisSystem()
  let taken = await take(path, system)
  if (typeof taken !== 'function') log.info(`Waiting for process ${taken.pid}, which builds in the same folder`)
  const end = clock.now() + MAX_BUILD_MS
  for (; typeof taken !== 'function'; taken = await take(path, system)) {
    await clock.sleep(PAUSE)
    const found = clock.now() > end ? await read(path) : null
    if (found !== null) await removeLock(path, found, system)
  }
  try {
    return await act()
  } finally {
    await taken()
  }
}
