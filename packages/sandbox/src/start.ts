import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DESCRIPTION_SCHEMA } from '@slipway/core/sandbox'
import { controlListener } from './control-service.ts'
import { answers, descriptionFile, readDescription, type SandboxDescription } from './description.ts'
import { Faults } from './fault.ts'
import { readSettings, writeSettings } from './folder-settings.ts'
import { type LogEntry, RequestLog } from './log.ts'
import { LOCAL_REMOTES, type RemoteName } from './remotes.ts'
import { type Listening, listen, listener } from './serve.ts'
import type { Service } from './service.ts'
import { writeWhole } from './store.ts'

/** Options of a sandbox. */
export interface SandboxOptions {
  /** Folder of its state, created if missing; for one process at a time. */
  dir: string
  /** Index (`sparse+https://…/`) under the cargo registry; null for none. */
  cargoUpstream: string | null
  /** Called after each request. */
  onRequest?: (entry: LogEntry) => void
}

/** A running sandbox. */
export interface Sandbox {
  description: SandboxDescription
  /** Stops the services. The state stays in the folder. */
  close(): Promise<void>
}

/**
 * Starts the services of a folder and describes them in its `sandbox.json`, which exists only while they answer. Ports
 * and tokens are those of the last start, unless a port is taken.
 * @throws Error if a sandbox of this folder already runs
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dir } = options
  mkdirSync(dir, { recursive: true })
  const running = await readDescription(dir)
  if (running && (await answers(running)))
    throw new Error(`A sandbox is already running in ${dir} (process ${running.pid}).`)
  rmSync(descriptionFile(dir), { force: true })

  const settings = readSettings(dir)
  const addresses: Record<string, string> = {}
  const at = (service: string) => `http://127.0.0.1:${settings.ports[service]}`
  const context = {
    log: new RequestLog(join(dir, 'log.jsonl'), options.onRequest),
    faults: new Faults(),
    address: (service: Service) => addresses[service.name] ?? null,
  }
  const remotes = Object.entries(LOCAL_REMOTES).map(([name, remote]) => {
    const running = remote.open({
      folder: join(dir, name),
      token: settings.tokens[name as RemoteName],
      cargoUpstream: options.cargoUpstream,
      origin: (service) => addresses[service] ?? at(service),
    })
    return { name, ...running }
  })
  const control = controlListener({ ...context, addresses, remotes })
  const listening: Listening[] = []
  const open = async (name: string, handle: Parameters<typeof listen>[0]) => {
    const one = await listen(handle, settings.ports[name] ?? 0)
    listening.push(one)
    settings.ports[name] = one.port
  }
  try {
    for (const service of remotes.flatMap((each) => each.services)) await open(service.name, listener(service, context))
    await open('control', control)
    writeSettings(dir, settings)
  } catch (error) {
    await Promise.all(listening.map((each) => each.close()))
    throw error
  }

  const description = {
    schema: DESCRIPTION_SCHEMA,
    pid: process.pid,
    ...Object.fromEntries(remotes.map((each) => [each.name, each.describe(at)])),
    control: { url: at('control') },
  } as SandboxDescription
  writeWhole(descriptionFile(dir), JSON.stringify(description, null, 2))
  return {
    description,
    close: async () => {
      rmSync(descriptionFile(dir), { force: true })
      await Promise.all(listening.map((each) => each.close()))
    },
  }
}
