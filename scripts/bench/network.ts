import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { SandboxDescription } from '../../packages/core/src/sandbox.ts'
import { BenchError, DIST } from './measure.ts'
import { write } from './repository.ts'

/** A request that went through the network. */
export interface Sent {
  service: string
  method: string
  path: string
  status: number
  /** Of its body. */
  bytes: number
  /** Number of its connection. */
  connection: number
  /** Milliseconds since the network was last emptied: when its head came, and when its answer was through. */
  began: number
  ended: number
}

/** A sandbox that is far away. */
export interface Network {
  /** The sandbox by the addresses of this network, and the file of that description. */
  description: SandboxDescription
  file: string
  /** The requests since the last call, in the order in which they began. */
  take(): Sent[]
  close(): Promise<void>
}

/** The services of a sandbox behind a network, each by one of its addresses. */
function addressesOf(sandbox: SandboxDescription): Record<string, string> {
  const { cargo, pypi, testpypi, github, dockerhub, ghcr } = sandbox
  const addresses = {
    cargo: cargo.api,
    pypi: pypi.upload,
    testpypi: testpypi.upload,
    github: github.api,
    uploads: github.uploads,
    dockerhub: dockerhub.registry,
    ghcr: ghcr.registry,
  }
  return Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, new URL(address).origin]))
}

/**
 * Renames the field with the BLAKE2 hash in a form. The sandbox would check it in JavaScript, which takes a second for
 * 5 MB; an index has it for nothing, and not every client sends it.
 */
function withoutBlake2(): Transform {
  const [field, other] = [Buffer.from('"blake2_256_digest"'), Buffer.from('"blake2_256_unused"')]
  let held = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const all = Buffer.concat([held, chunk])
      const at = all.indexOf(field)
      if (at >= 0) all.set(other, at)
      const passed = Math.max(0, all.length - field.length + 1)
      held = all.subarray(passed)
      done(null, all.subarray(0, passed))
    },
    flush(done) {
      done(null, held)
    },
  })
}

/** Starts an index without crates for the sandbox's registry, in place of the user's. */
async function emptyIndex(home: string): Promise<Server> {
  const server = createServer((_, answer) => answer.writeHead(404).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const registry = `sparse+http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const source = `[source.crates-io]\nreplace-with = "empty"\n[source.empty]\nregistry = "${registry}"\n`
  write(home, { 'config.toml': source })
  return server
}

/** Starts the committed sandbox in a separate process, so that it takes no time of the network's. */
async function startSandbox(dir: string): Promise<{ sandbox: SandboxDescription; stop(): Promise<void> }> {
  const file = join(dir, 'sandbox.json')
  const argv = [join(DIST, 'slipway.js'), 'sandbox', '--dir', dir]
  const home = join(dir, 'cargo-home')
  const index = await emptyIndex(home)
  const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { ...process.env, CARGO_HOME: home } })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill()
    await gone
    index.closeAllConnections()
    index.close()
  }
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    try {
      return { sandbox: JSON.parse(readFileSync(file, 'utf8')), stop }
    } catch {
      await setTimeout(100)
    }
  }
  await stop()
  throw new BenchError('The sandbox did not start.')
}

/** The requests of a run, and the clock by which they are noted. */
class Log {
  origin = performance.now()
  sent: Sent[] = []

  now(): number {
    return performance.now() - this.origin
  }

  take(): Sent[] {
    const taken = this.sent
    this.sent = []
    this.origin = performance.now()
    return taken
  }
}

/** The number of a connection, and when it was opened. */
type Opened = { number: number; at: number }

/** Passes requests on to the sandbox after a delay, and notes them. */
class Forwarder {
  readonly #record: Log
  readonly #delay: number
  readonly #agent = new Agent({ keepAlive: true })
  readonly #opened = new WeakMap<Socket, Opened>()
  #connections = 0

  constructor(record: Log, delay: number) {
    this.#record = record
    this.#delay = delay
  }

  /** Starts a proxy in front of a service. */
  async listen(service: string, target: string): Promise<Server> {
    const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (incoming, answer) => {
      void this.#forward(service, target, incoming, answer)
    })
    server.on('connection', (socket: Socket) => {
      this.#opened.set(socket, { number: ++this.#connections, at: performance.now() })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  }

  close(): void {
    this.#agent.destroy()
  }

  async #forward(service: string, target: string, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const record = this.#record
    const { method = '', url: path = '/' } = incoming
    const connection = this.#opened.get(incoming.socket) as Opened
    const began = record.now()
    const one = { service, method, path, status: 0, bytes: 0, connection: connection.number, began, ended: 0 }
    record.sent.push(one)
    const due = Math.max(began, connection.at - record.origin + this.#delay) + this.#delay
    await setTimeout(Math.max(0, due - record.now()))
    const { connection: _, expect: __, ...headers } = incoming.headers
    const outgoing = request(target + path, { method, headers, agent: this.#agent }, (response) => {
      one.status = response.statusCode ?? 0
      answer.writeHead(one.status, response.headers)
      response.pipe(answer)
      answer.once('finish', () => {
        one.ended = record.now()
      })
    })
    outgoing.once('error', () => {
      if (answer.headersSent) incoming.resume()
      else answer.destroy()
    })
    incoming.on('data', (chunk: Buffer) => {
      one.bytes += chunk.length
    })
    if (service === 'pypi' && method === 'POST') incoming.pipe(withoutBlake2()).pipe(outgoing)
    else incoming.pipe(outgoing)
  }
}

/** Returns a sandbox's description by the addresses of the network, after the sandbox itself has been given them. */
async function renamed(sandbox: SandboxDescription, fronts: Record<string, string>): Promise<string> {
  const answer = await fetch(`${sandbox.control.url}/addresses`, { method: 'PUT', body: JSON.stringify(fronts) })
  if (!answer.ok) throw new BenchError(`The sandbox refused the addresses of the network with ${answer.status}.`)
  return Object.entries(addressesOf(sandbox)).reduce(
    (all, [service, address]) => all.replaceAll(address, fronts[service] as string),
    JSON.stringify(sandbox),
  )
}

/**
 * Starts a sandbox behind proxies that pass each request on after a delay. A new connection costs the delay once more,
 * as TCP and TLS do. Connections stay open, requests run side by side, and bodies are streamed.
 * @param folder for the sandbox and its description
 * @param delay milliseconds
 */
export async function openNetwork(folder: string, delay: number): Promise<Network> {
  const { sandbox, stop } = await startSandbox(join(folder, 'sandbox'))
  const record = new Log()
  const forwarder = new Forwarder(record, delay)
  const servers: Server[] = []
  const fronts: Record<string, string> = {}
  for (const [service, target] of Object.entries(addressesOf(sandbox))) {
    const server = await forwarder.listen(service, target)
    servers.push(server)
    fronts[service] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const text = await renamed(sandbox, fronts)
  const file = join(folder, 'sandbox.json')
  writeFileSync(file, text)
  return {
    description: JSON.parse(text),
    file,
    take: () => record.take(),
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      forwarder.close()
      await stop()
    },
  }
}

/**
 * A run's requests, one a line: when each began, counted from the start of the process, and how long it took, its
 * connection, and what it was.
 */
export function listed(requests: readonly Sent[]): string[] {
  return requests.map(({ service, method, path, status, bytes, connection, began, ended }) => {
    const [at, took] = [began, ended - began].map((each) => `${Math.round(each)}`.padStart(5))
    const body = bytes > 0 ? `, ${bytes} bytes` : ''
    return `${at} ms +${took} ms  connection ${connection}  ${service}  ${method} ${path.slice(0, 120)} -> ${status}${body}`
  })
}
