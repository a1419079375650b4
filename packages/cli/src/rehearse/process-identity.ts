import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { uptime } from 'node:os'
import { promisify } from 'node:util'

/**
 * Tells a process from every other one, also from a later one with the same id. Empty where the system does not say.
 */
export interface ProcessIdentity {
  pid: number
  /** Start of the process, unique for its id in one boot. */
  start: string
  /** Boot of the machine. */
  boot: string
  /** The namespace in which the id is valid: each container has one. */
  namespace: string
}

/** A process that has an id now. */
export interface FoundProcess {
  start: string
  /** Whether it is a zombie: it has ended, but its parent has not waited for it yet. */
  hasEnded: boolean
}

/** What the system knows about processes. */
export interface ProcessSystem {
  /** Id of this process. */
  pid: number
  boot(): Promise<string>
  namespace(): Promise<string>
  /** Seconds since the boot. */
  uptime(): number
  /** Returns the process with an id; null if there is none. */
  find(pid: number): Promise<FoundProcess | null>
}

/**
 * Returns the system that this process runs on.
 * @param platform differs from this machine's in tests only
 */
export function thisSystem(platform: NodeJS.Platform = process.platform): ProcessSystem {
  const find = platform === 'linux' ? findInProc : findByPs
  const unknown = () => ''
  return {
    pid: process.pid,
    // random(4)
    boot: () => readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim(), unknown),
    // pid_namespaces(7)
    namespace: () => readlink('/proc/self/ns/pid').catch(unknown),
    uptime,
    find: async (pid) => (exists(pid) ? ((await find(pid)) ?? { start: '', hasEnded: false }) : null),
  }
}

/** Returns the identity of this process. */
export async function identityOf({ pid, boot, namespace, find }: ProcessSystem): Promise<ProcessIdentity> {
  return { pid, start: (await find(pid))?.start ?? '', boot: await boot(), namespace: await namespace() }
}

/** Whether a process runs; null if it belongs to another boot, machine or container, which this process cannot see. */
export async function isRunning(process: ProcessIdentity, system: ProcessSystem): Promise<boolean | null> {
  const { pid, start, boot, namespace } = process
  if (boot !== (await system.boot()) || namespace !== (await system.namespace())) return null
  const found = await system.find(pid)
  if (found === null || found.hasEnded) return false
  return start === found.start || start === '' || found.start === ''
}

function exists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: the process exists, but belongs to another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** States of a process that has ended: zombie or dead (proc_pid_stat(5), field 3). */
const ENDED = /^[ZXx]/

/** Reads state and start, in clock ticks since the boot (proc_pid_stat(5), fields 3 and 22). */
async function findInProc(pid: number): Promise<FoundProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // Field 2, the program's name in parentheses, may contain blanks and parentheses.
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { start: fields[18] ?? '', hasEnded: ENDED.test(state) }
  } catch {
    return null
  }
}

/** Asks `ps` of macOS or a BSD, in a form that depends on neither language nor time zone. */
async function findByPs(pid: number): Promise<FoundProcess | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC0' }
    const argv = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)]
    const { stdout } = await promisify(execFile)('ps', argv, { env })
    const [, state = '', start = ''] = /^\s*(\S+)\s+(.*\S)/.exec(stdout) ?? []
    return start === '' ? null : { start, hasEnded: ENDED.test(state) }
  } catch {
    return null
  }
}
