import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Process states of one that has ended: a zombie whose parent has not waited for it yet, or dead (proc_pid_stat(5)). */
const ENDED = /^[ZXx]/

/**
 * Returns what tells a process from every other one that has, had or will have its id: its start. Empty where the
 * system does not say; null when no such process runs.
 * @param platform this machine's; another one only in tests
 */
export async function incarnationOf(pid: number, platform = process.platform): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return null
  const found = platform === 'linux' ? await fromProc(pid) : await fromPs(pid)
  if (!found) return ''
  return ENDED.test(found.state) ? null : found.start
}

/** A zombie exists, too. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // It is there, but another user's.
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Found {
  state: string
  start: string
}

/** The start is in ticks since the boot, so it needs the boot's id (proc_pid_stat(5), fields 3 and 22; random(4)). */
async function fromProc(pid: number): Promise<Found | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // Field 2, the program's name in parentheses, may hold blanks and parentheses itself.
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, start: `${boot.trim()} ${fields[18]}` }
  } catch {
    return null
  }
}

/** As BSD and macOS tell it, in words that depend on neither language nor time zone. */
async function fromPs(pid: number): Promise<Found | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC0' }
    const argv = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)]
    const { stdout } = await promisify(execFile)('ps', argv, { env })
    const [, state = '', start = ''] = /^\s*(\S+)\s+(.*\S)/.exec(stdout) ?? []
    return start === '' ? null : { state, start }
  } catch {
    return null
  }
}
