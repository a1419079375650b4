import { execFile } from 'node:child_process'
import { openAsBlob } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'

const servers: Server[] = []
let here = ''
let elsewhere = ''

/** Serves on a free loopback port and returns the origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const echo: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname === '/near') response.writeHead(302, { location: '/echo' }).end()
  else if (pathname === '/far') response.writeHead(307, { location: `${elsewhere}/echo` }).end()
  else if (pathname === '/loop') response.writeHead(302, { location: '/loop' }).end()
  else if (pathname === '/silent') response.flushHeaders()
  else if (pathname === '/cut')
    response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy())
  else if (pathname === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'))
  else if (pathname === '/br') response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('plain'))
  else if (pathname === '/sum') sum(request, response)
  else if (pathname === '/early') response.writeHead(413).end('too large')
  else response.writeHead(418).end(JSON.stringify({ method: request.method, headers: request.headers }))
}

/** Answers with the number of bytes of the body, and of how many there were to be. */
function sum(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.once('end', () => response.end(`${bytes} of ${request.headers['content-length']}`))
}

beforeAll(async () => {
  here = await serve(echo)
  elsewhere = await serve(echo)
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

const text = (body: Uint8Array) => new TextDecoder().decode(body)
const headers = { Authorization: 'secret', Cookie: 'secret', Accept: 'a/b' }

test('any status is a response; the body is sent unchanged', async () => {
  const { status, body } = await fetchHttp({ method: 'PUT', url: `${here}/x`, headers, body: new Uint8Array([1, 2]) })
  expect(status).toBe(418)
  expect(JSON.parse(text(body))).toMatchObject({ method: 'PUT', headers: { 'content-length': '2', accept: 'a/b' } })
})

test('redirects of GET keep the credentials within the origin and drop them outside', async () => {
  const near = JSON.parse(text((await fetchHttp({ method: 'GET', url: `${here}/near`, headers })).body))
  expect(near.headers).toMatchObject({ authorization: 'secret', cookie: 'secret', accept: 'a/b' })
  const far = JSON.parse(text((await fetchHttp({ method: 'GET', url: `${here}/far`, headers })).body))
  expect(far.headers).toMatchObject({ accept: 'a/b' })
  expect(far.headers).not.toHaveProperty('authorization')
  expect(far.headers).not.toHaveProperty('cookie')
})

test('a redirect of POST is not followed', async () => {
  const { status, headers: received } = await fetchHttp({ method: 'POST', url: `${here}/far`, body: new Uint8Array(1) })
  expect([status, received.location]).toEqual([307, `${elsewhere}/echo`])
})

test.each(['gzip', 'br'])('a body in %s arrives decoded, without the headers of its encoding', async (encoding) => {
  const { headers: received, body } = await fetchHttp({ method: 'GET', url: `${here}/${encoding}` })
  expect((await fetchHttp({ method: 'HEAD', url: `${here}/${encoding}` })).body.length).toBe(0)
  expect([text(body), received['content-encoding'], received['content-length']]).toEqual([
    'plain',
    undefined,
    undefined,
  ])
})

test('an incomplete response rejects with the cause, and without the query, which may be secret', async () => {
  const closed = await serve(echo)
  await new Promise((resolve) => servers.pop()?.close(resolve))
  const refused = await fetchHttp({ method: 'GET', url: `${closed}/a?token=x` }).catch((each) => each)
  expect(refused.message).toBe(`GET ${new URL(closed).host}/a: no complete response`)
  expect(refused.cause.code).toBe('ECONNREFUSED')
  await expect(fetchHttp({ method: 'GET', url: `${here}/cut` })).rejects.toThrow('/cut: no complete response')
  const late = fetchHttp({ method: 'GET', url: `${here}/silent`, timeout: 50 })
  await expect(late).rejects.toThrow('/silent: no response within 50 ms')
  await expect(fetchHttp({ method: 'GET', url: `${here}/loop` })).rejects.toThrow('more than 10 redirects')
})

test('a request that its caller ends rejects at once, before and after it is sent', async () => {
  const over = new AbortController()
  const request = { method: 'GET', url: `${here}/silent`, timeout: 600_000, signal: over.signal }
  const sent = fetchHttp(request).catch((each) => each)
  over.abort(new Error('over'))
  for (const ended of [await sent, await fetchHttp(request).catch((each) => each)]) {
    expect([ended.message, ended.cause]).toEqual([
      `GET ${new URL(here).host}/silent: no complete response`,
      over.signal.reason,
    ])
  }
})

test('a Blob of a file is sent whole, also a part of it', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-http-')), 'file')
  await writeFile(file, Buffer.alloc(2_500_000, 'x'))
  const body = await openAsBlob(file)
  const send = async (part: Blob) => text((await fetchHttp({ method: 'PUT', url: `${here}/sum`, body: part })).body)
  expect(await send(body)).toBe('2500000 of 2500000')
  expect(await send(body.slice(1_000_000))).toBe('1500000 of 1500000')
  expect(await send(body.slice(0, 0))).toBe('0 of 0')
})

test('the body of a response is saved to a file; that of another status is read', async () => {
  const saveTo = join(await mkdtemp(join(tmpdir(), 'slipway-http-')), 'file')
  const put = (path: string) => fetchHttp({ method: 'PUT', url: here + path, body: new Uint8Array(3), saveTo })
  expect(await put('/sum')).toMatchObject({ status: 200, body: { length: 0 } })
  expect(await readFile(saveTo, 'utf8')).toBe('3 of 3')
  expect(text((await put('/early')).body)).toBe('too large')
  expect(await readFile(saveTo, 'utf8')).toBe('3 of 3')
  await expect(fetchHttp({ method: 'GET', url: `${here}/cut`, saveTo })).rejects.toThrow('no complete response')
})

test('a body that is saved is not compressed on the way', async () => {
  const { body } = await fetchHttp({ method: 'GET', url: `${here}/x`, saveTo: join(tmpdir(), 'never') })
  expect(JSON.parse(text(body)).headers['accept-encoding']).toBe('identity')
})

test('an answer that comes before the whole body was sent is the response', async () => {
  const body = new Blob([new Uint8Array(50_000_000)])
  expect((await fetchHttp({ method: 'PUT', url: `${here}/early`, body })).status).toBe(413)
})

test('one connection carries any requests that follow each other', async () => {
  let connections = 0
  const origin = await serve((_, response) => response.writeHead(200, { 'content-length': '1' }).end('x'))
  servers.at(-1)?.on('connection', () => {
    connections += 1
  })
  for (const method of ['HEAD', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE']) await fetchHttp({ method, url: origin })
  expect(connections).toBe(1)
})

test('an address with a login is refused', async () => {
  const url = here.replace('//', '//user:secret@')
  const failure = await fetchHttp({ method: 'GET', url }).catch((each) => each)
  expect(`${failure.message} ${failure.cause.message}`).not.toContain('secret')
})

test.each([
  ['', 'http://example.invalid/path'],
  ['example.invalid', null],
])('with NODE_USE_ENV_PROXY, requests go through the proxy, but not to NO_PROXY=%s', async (NO_PROXY, expected) => {
  let asked: string | null = null
  const proxy = await serve(({ url = '' }, response) => {
    asked = url
    response.end()
  })
  const module = fileURLToPath(new URL('../../../../packages/core/src/effects/http.ts', import.meta.url))
  const code = `const { fetchHttp } = await import(${JSON.stringify(module)})
    await fetchHttp({ method: 'GET', url: 'http://example.invalid/path' }).catch(() => {})`
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY,
    no_proxy: NO_PROXY,
  }
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env })
  expect(asked).toBe(expected)
})
