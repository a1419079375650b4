import { open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'

/**
 * Takes a folder for this process alone; gives what releases it. The lock of a process that is gone counts for nothing.
 * @throws ProblemError when another process has it
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const path = join(dir, 'rehearsal.lock')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      return () => unlink(path).catch(() => {})
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (lives(holder)) {
        throw new ProblemError(
          error(
            'sandbox-in-use',
            `Process ${holder} rehearses in ${dir} already.`,
            'Wait until it is done, or name another folder with --sandbox.',
          ),
        )
      }
      await unlink(path).catch(() => {})
    }
  }
  throw new ProblemError(error('sandbox-in-use', `${dir} cannot be locked.`, 'Name another folder with --sandbox.'))
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
