import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { CONNECT_TIMEOUT_MS } from '../../limits.ts'

/** A proxy that allows only some hosts. */
export interface Gate {
  /** Address of the proxy, for `https_proxy`. */
  url: string
  /** Returns the refused hosts, each once. */
  refused(): string[]
  close(): Promise<void>
}

/**
 * Starts a proxy on this machine that connects to the given hosts and no others. Programs that follow the proxy
 * variables reach nothing else; programs that open their own connections are not restricted.
 * @param upstream the user's own proxy to go through; empty for none
 */
export async function startGate(hosts: ReadonlySet<string>, upstream: string): Promise<Gate> {
  const refused = new Set<string>()
  const open = new Set<Socket>()
  const allows = (host: string) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, '')
    if (hosts.has(name)) return true
    refused.add(name)
    return false
  }
  const server = createServer((request, response) => {
    const target = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
    if (target?.protocol !== 'http:' || !allows(target.hostname)) {
      response.writeHead(403, { 'content-type': 'text/plain' })
      response.end('Slipway: a rehearsal blocks requests to this host.\n')
      return
    }
    forward(request, target, upstream, (answer) => {
      if (answer === null) response.writeHead(502).end()
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
    })
  })
  server.on('connection', (socket: Socket) => track(open, socket))
  server.on('connect', (request, client: Socket, head: Buffer) => {
    const [, host = '', port = '443'] = /^(.*?)(?::(\d+))?$/.exec(request.url ?? '') ?? []
    client.on('error', () => client.destroy())
    if (!allows(host)) {
      client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const far = upstream === '' ? connect(Number(port), host) : throughProxy(upstream, host, port)
    track(open, far)
    far.setTimeout(CONNECT_TIMEOUT_MS, () => far.connecting && far.destroy())
    far.on('error', () => client.destroy())
    far.once('connect', () => {
      // The upstream proxy's answer to its CONNECT goes to the client unchanged.
      if (upstream === '') client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      far.write(head)
      client.pipe(far).pipe(client)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => [...refused].sort(),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const each of open) each.destroy()
      }),
  }
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
}

function throughProxy(upstream: string, host: string, port: string): Socket {
  const proxy = new URL(upstream)
  const far = connect(Number(proxy.port || 80), proxy.hostname)
  far.once('connect', () =>
    far.write(`CONNECT ${host}:${port} HTTP/1.1\r\nhost: ${host}:${port}\r\n${loginOf(proxy)}\r\n`),
  )
  return far
}

function loginOf({ username, password }: URL): string {
  if (username === '') return ''
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `proxy-authorization: basic ${Buffer.from(login).toString('base64')}\r\n`
}

function forward(
  request: IncomingMessage,
  target: URL,
  upstream: string,
  answered: (answer: IncomingMessage | null) => void,
): void {
  const { method, headers } = request
  const at = upstream === '' ? target : new URL(upstream)
  const path = upstream === '' ? target.pathname + target.search : target.href
  const sent = httpRequest({ host: at.hostname, port: at.port || 80, path, method, headers }, answered)
  sent.on('error', () => answered(null))
  request.pipe(sent)
}
