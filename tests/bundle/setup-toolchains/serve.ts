import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atEnd } from '../../sandbox/harness.ts'

/** Answers a request with the body that it has read. */
export type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void

/** Starts a server on this machine until the end of the test. Returns its address, without a trailing slash. */
export async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => answer(request, Buffer.concat(parts), response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Starts a server of fixed files, and counts the requests for each. */
export async function serveFiles(
  files: (base: string) => Record<string, Buffer | string>,
): Promise<{ base: string; asked: string[] }> {
  const asked: string[] = []
  let known: Record<string, Buffer | string> = {}
  const base = await serve(({ url = '' }, _, response) => {
    asked.push(url)
    const file = known[url]
    if (file === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': url.endsWith('/') ? 'text/html' : 'application/octet-stream' })
        .end(file)
  })
  known = files(base)
  return { base, asked }
}
