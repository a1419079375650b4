import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Socket } from 'node:net'

/** A process, as `/proc` shows it (proc(5)). */
export interface Process {
  pid: number
  /** Name of its program, cut to 15 characters. */
  name: string
  parent: number
}

/**
 * The process at the other end of a connection on this machine, and its ancestors, the nearest first. Empty where no
 * process has it, and where there is no `/proc`. Ask as the connection is made: whoever made it is there then.
 */
export function callerOf({ remotePort = 0, localPort = 0 }: Pick<Socket, 'remotePort' | 'localPort'>): Process[] {
  const inode = inodeOf(remotePort, localPort)
  const pid = inode === null ? null : holderOf(inode)
  return pid === null ? [] : lineage(pid)
}

/** The inode of the socket that is bound to one port and connected to another. */
function inodeOf(from: number, to: number): string | null {
  const isPort = (address: string | undefined, port: number) => parseInt(address?.split(':')[1] ?? '', 16) === port
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of read(table).split('\n').slice(1)) {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/)
      if (isPort(local, from) && isPort(remote, to)) return inode ?? null
    }
  }
  return null
}

/** The process that has a socket open. */
function holderOf(inode: string): number | null {
  for (const pid of list('/proc').filter((each) => /^\d+$/.test(each))) {
    for (const file of list(`/proc/${pid}/fd`)) {
      if (target(`/proc/${pid}/fd/${file}`) === `socket:[${inode}]`) return Number(pid)
    }
  }
  return null
}

function lineage(pid: number): Process[] {
  const found: Process[] = []
  for (let next = pid; next > 0; ) {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(read(`/proc/${next}/stat`)) ?? []
    if (name === undefined) break
    found.push({ pid: next, name, parent: Number(parent) })
    next = Number(parent)
  }
  return found
}

/** Processes end while they are listed. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
