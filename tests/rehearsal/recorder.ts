import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { controlClient } from '@slipway/sandbox/control'
import type { SandboxDescription } from '@slipway/sandbox/description'
import type { Process } from './caller.ts'

/** A request that went through the recorder. */
export interface Passed {
  service: string
  method: string
  path: string
  /** Null while no answer came. */
  status: number | null
  /** The artifact that it carried: the crate, the file, the asset, a blob's digest, a manifest's digest or tag; null for none. */
  carried: string | null
  /** Who sent it and its ancestors, where the recorder looks for that. */
  by: readonly Process[]
  /** The login that it carried; null for none. */
  authorization: string | null
  /** Body of the request. */
  body: Buffer
}

/** What may happen to the n-th request, counted from 0: `act` is called before it reaches the service, or after the service did what was asked. */
export interface Strike {
  n: number
  when: 'before' | 'after'
  act(): void
}

/** A proxy before each service of a sandbox that knows nothing of Slipway's own clients. */
export interface Recorder {
  /** The sandbox's description with the recorder's addresses. */
  description: SandboxDescription
  passed: Passed[]
  /** The next requests are counted from 0, and this one is struck. */
  strike(strike: Strike | null): void
  close(): Promise<void>
}

/**
 * Puts a recorder in front of a running sandbox.
 * @param callerOf finds who made a connection, as it is made
 */
export async function recordSandbox(
  real: SandboxDescription,
  callerOf: (socket: Socket) => readonly Process[] = () => [],
): Promise<Recorder> {
  const passed: Passed[] = []
  const servers: Server[] = []
  let next: Strike | null = null
  let counted = 0
  const callers = new WeakMap<Socket, readonly Process[]>()

  const front = async (service: string, target: string): Promise<string> => {
    const server = createServer((incoming, outgoing) => {
      forward(service, target, incoming, outgoing).catch(() => outgoing.destroy())
    })
    server.on('connection', (socket: Socket) => callers.set(socket, callerOf(socket)))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const forward = async (service: string, target: string, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const path = incoming.url ?? '/'
    const record: Passed = {
      service,
      method: incoming.method ?? '',
      path,
      status: null,
      carried: carriedBy(incoming.method ?? '', path, body),
      by: callers.get(incoming.socket) ?? [],
      authorization: incoming.headers.authorization ?? null,
      body,
    }
    const strike = next && counted++ === next.n ? next : null
    if (strike?.when === 'before') return strike.act()
    passed.push(record)
    const answer = await send(target + path, incoming, body)
    record.status = answer.status
    if (strike?.when === 'after') return strike.act()
    outgoing.writeHead(answer.status, answer.headers)
    outgoing.end(answer.body)
  }

  const origin = (address: string) => new URL(address.replace(/^sparse\+/, '')).origin
  const fronts: Record<string, string> = {}
  const addresses = {
    cargo: origin(real.cargo.api),
    pypi: origin(real.pypi.upload),
    testpypi: origin(real.testpypi.upload),
    github: origin(real.github.api),
    uploads: origin(real.github.uploads),
    git: origin(real.github.git),
    dockerhub: origin(real.dockerhub.registry),
    ghcr: origin(real.ghcr.registry),
    results: origin(real.actions.results),
    oidc: origin(real.oidc.issuer),
  }
  for (const [service, address] of Object.entries(addresses)) fronts[service] = await front(service, address)
  await controlClient(real.control.url).setAddresses(fronts)
  const text = Object.entries(addresses).reduce(
    (all, [service, address]) => all.replaceAll(address, fronts[service] as string),
    JSON.stringify(real),
  )
  return {
    description: JSON.parse(text),
    passed,
    strike(strike) {
      next = strike
      counted = 0
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

function send(url: string, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    // The Host header stays the recorder's: services then speak of themselves by its address.
    const outgoing = request(
      url,
      { method: incoming.method, headers: incoming.headers, agent: false },
      async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** What an upload carries, read from the request alone. */
function carriedBy(method: string, path: string, body: Buffer): string | null {
  if (path === '/api/v1/crates/new') {
    const { name, vers } = JSON.parse(body.subarray(4, 4 + body.readUInt32LE(0)).toString())
    return `${name}-${vers}.crate`
  }
  if (path.startsWith('/legacy')) return /filename="([^"]+)"/.exec(body.toString('latin1'))?.[1] ?? null
  const image = /^\/v2\/.*(?:[?&]digest=|\/manifests\/)([^&]+)$/.exec(path)?.[1]
  if (image !== undefined && method === 'PUT') return decodeURIComponent(image)
  const asset = /\/releases\/\d+\/assets\?name=([^&]+)/.exec(path)?.[1]
  return asset === undefined || body.length === 0 ? null : decodeURIComponent(asset)
}

/**
 * How often each service said yes to each file. Several are sent side by side: one that a service took in as it was
 * killed got no answer, and counts where it was not sent again, as it is not when the next run finds it there.
 */
export function acceptances(passed: readonly Passed[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const carrying = passed.flatMap(({ service, carried, status }) => {
    return carried === null ? [] : [{ key: `${service} ${carried}`, status }]
  })
  for (const { key, status } of carrying) if (status !== null && status < 300) counts[key] = (counts[key] ?? 0) + 1
  for (const { key, status } of carrying) if (status === null) counts[key] ??= 1
  return counts
}
