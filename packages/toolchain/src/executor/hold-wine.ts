import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { withoutSecrets } from '../secrets.ts'
import type { Launch } from './local-session.ts'

/** Says that it runs, and runs until its standard input ends. */
const HOLD = "import sys; print('ready', flush=True); sys.stdin.read()"

/** Takes its standard input from a named pipe. */
const FROM_PIPE = 'pipe=$1; shift; exec "$@" <"$pipe"'

/** A Python that keeps wine's server alive, and how many need it. */
interface Holder {
  users: number
  started: Promise<() => Promise<void>>
}

const holders = new Map<string, Holder>()

/**
 * Keeps the server of wine's folder of settings alive until it is released. Otherwise it ends with each program and starts with
 * the next, which takes seconds, and a program that meets a server on its way out ends without a word.
 * @param launch runs a Python in that folder
 * @returns the release, to be called once
 */
export async function holdWine(ports: Ports, prefix: string, launch: Launch): Promise<() => Promise<void>> {
  const holder = holders.get(prefix) ?? { users: 0, started: start(ports, launch) }
  holders.set(prefix, holder)
  holder.users++
  const stop = await holder.started.catch((cause: unknown) => {
    holders.delete(prefix)
    throw cause
  })
  return async () => {
    holder.users--
    if (holder.users > 0) return
    holders.delete(prefix)
    await stop()
  }
}

async function start(ports: Ports, launch: Launch): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-wine-'))
  const pipe = join(folder, 'input')
  await ports.exec({ argv: ['mkfifo', pipe], cwd: folder })
  // Opened for both, since a named pipe that is only written to waits for its reader. If this process is killed, it ends too.
  const input = await open(pipe, 'r+')
  const argv = ['sh', '-c', FROM_PIPE, 'sh', pipe, ...launch.argv, '-I', '-c', HOLD] as const
  const env = { ...withoutSecrets(ports.env), ...launch.env }
  let running: Promise<unknown> = Promise.resolve()
  await new Promise<void>((ready) => {
    running = ports.exec({ argv: [...argv], cwd: folder, env, onLine: () => ready() })
    // What fails here fails for the wheel too, and is reported there.
    running = running.catch(() => null).then(() => ready())
  })
  return async () => {
    await input.close()
    await running
    await rm(folder, { recursive: true, force: true })
  }
}
