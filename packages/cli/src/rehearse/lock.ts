import { randomUUID } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** What releases a folder. */
type Release = () => Promise<void>

function lockOf(dir: string): string {
  return join(dir, 'rehearsal.lock')
}

/** Times that a lock of a process that is gone is taken away. */
const TRIES = 3

/** Takes a folder for this process alone, or gives the process that has it. The lock of a process that is gone counts for nothing. */
async function take(dir: string): Promise<Release | number> {
  const path = lockOf(dir)
  const own = `${path}.${randomUUID()}`
  await writeFile(own, String(process.pid))
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        // With its process in it from the first moment on.
        await link(own, path)
        return () => unlink(path).catch(() => {})
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      }
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (lives(holder) || attempt === TRIES) return holder
      await unlink(path).catch(() => {})
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
  const taken = await take(dir)
  if (typeof taken !== 'number') return taken
  const hint = 'Wait until it is done, or name another folder with --sandbox.'
  throw new ProblemError(error('sandbox-in-use', `Process ${taken} rehearses in ${dir} already.`, hint))
}

/** Milliseconds between two looks at a folder that another process has. */
const PAUSE = 200

/** Milliseconds after which nobody builds any more: the number of a process that is gone may be another's by now. */
const LONGEST = 3_600_000

/** Acts while a folder is this process's alone; waits until it is. */
export async function inTurn<T>(
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
  dir: string,
  act: () => Promise<T>,
): Promise<T> {
  let taken = await take(dir)
  if (typeof taken === 'number') log.info(`Waiting for process ${taken}, which builds in the same folder`)
  const end = clock.now() + LONGEST
  for (; typeof taken === 'number'; taken = await take(dir)) {
    await clock.sleep(PAUSE)
    if (clock.now() > end) await unlink(lockOf(dir)).catch(() => {})
  }
  try {
    return await act()
  } finally {
    await taken()
  }
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // It is there, but another user's.
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
