import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cargoRegistry } from './cargo/registry.ts'
import { controlListener } from './control-service.ts'
import { answers, descriptionFile, readDescription, type SandboxDescription } from './description.ts'
import { Faults } from './fault.ts'
import { gitHub } from './github/service.ts'
import { type LogEntry, RequestLog } from './log.ts'
import { type OciName, ociRegistry } from './oci/registry.ts'
import { pythonIndex } from './pypi/service.ts'
import { type Listening, listen, listener } from './serve.ts'
import type { ServiceName } from './service.ts'
import { type Ports, readSettings, writeSettings } from './settings.ts'
import { writeWhole } from './store.ts'

/** What a sandbox is started with. */
export interface SandboxOptions {
  /** Folder of its state, made when missing; one process at a time. */
  dir: string
  /** Index (`sparse+https://…/`) that the cargo registry lies over; null for none. */
  cargoUpstream: string | null
  /** Called after each request. */
  onRequest?: (entry: LogEntry) => void
}

/** A running sandbox. */
export interface Sandbox {
  description: SandboxDescription
  /** Ends the services. The state stays in the folder. */
  close(): Promise<void>
}

/** The account of the registries of images. */
const USERNAME = 'slipway'

/** How each of them writes addresses, and what its tokens are: both ways of the specifications are to be met with. */
const WAYS = {
  dockerhub: { locations: 'distribution', tokens: 'jwt' },
  ghcr: { locations: 'plain', tokens: 'opaque' },
} as const

/**
 * Starts the services of a folder and describes them in its `sandbox.json`, which is there only while they answer.
 * Ports and tokens are those of the last time, unless a port is taken.
 * Throws when a sandbox of this folder already runs.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dir } = options
  mkdirSync(dir, { recursive: true })
  const running = await readDescription(dir)
  if (running && (await answers(running))) throw new Error(`A sandbox already runs in ${dir} (process ${running.pid}).`)
  rmSync(descriptionFile(dir), { force: true })

  const settings = readSettings(dir)
  const { tokens } = settings
  const addresses: Partial<Record<ServiceName, string>> = {}
  const local = (name: keyof Ports) => `http://127.0.0.1:${settings.ports[name]}`
  const around = {
    log: new RequestLog(join(dir, 'log.jsonl'), options.onRequest),
    faults: new Faults(),
    address: (service: { name: ServiceName }) => addresses[service.name] ?? null,
  }
  const cargo = cargoRegistry({ folder: join(dir, 'cargo'), token: tokens.cargo, upstream: options.cargoUpstream })
  const pypi = {
    pypi: pythonIndex({ name: 'pypi', folder: join(dir, 'pypi'), token: tokens.pypi }),
    testpypi: pythonIndex({ name: 'testpypi', folder: join(dir, 'testpypi'), token: tokens.testpypi }),
  }
  const github = gitHub({
    folder: join(dir, 'github'),
    token: tokens.github,
    origin: (name) => addresses[name] ?? local(name),
  })

  const account = (name: OciName) => ({ username: USERNAME, password: tokens[name] })
  const registry = (name: OciName) => ociRegistry({ name, folder: join(dir, name), ...account(name), ...WAYS[name] })
  const oci = { dockerhub: registry('dockerhub'), ghcr: registry('ghcr') }

  const services = [
    cargo.service,
    pypi.pypi.service,
    pypi.testpypi.service,
    github.service,
    github.uploads,
    oci.dockerhub.service,
    oci.ghcr.service,
  ]
  const control = controlListener({ ...around, addresses, cargo, pypi, github, oci })
  const listening: Listening[] = []
  try {
    for (const service of services) {
      const one = await listen(listener(service, around), settings.ports[service.name])
      listening.push(one)
      settings.ports[service.name] = one.port
    }
    const one = await listen(control, settings.ports.control)
    listening.push(one)
    settings.ports.control = one.port
    writeSettings(dir, settings)
  } catch (error) {
    await Promise.all(listening.map((each) => each.close()))
    throw error
  }

  const description: SandboxDescription = {
    schema: 1,
    pid: process.pid,
    cargo: { index: `sparse+${local('cargo')}/index/`, api: local('cargo'), token: tokens.cargo },
    pypi: { upload: `${local('pypi')}/legacy/`, simple: `${local('pypi')}/simple/`, token: tokens.pypi },
    testpypi: {
      upload: `${local('testpypi')}/legacy/`,
      simple: `${local('testpypi')}/simple/`,
      token: tokens.testpypi,
    },
    github: { api: local('github'), uploads: local('uploads'), token: tokens.github },
    dockerhub: { registry: local('dockerhub'), ...account('dockerhub') },
    ghcr: { registry: local('ghcr'), ...account('ghcr') },
    control: { url: local('control') },
  }
  writeWhole(descriptionFile(dir), JSON.stringify(description, null, 2))
  return {
    description,
    close: async () => {
      rmSync(descriptionFile(dir), { force: true })
      await Promise.all(listening.map((each) => each.close()))
    },
  }
}
