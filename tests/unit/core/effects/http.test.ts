import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
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
  else response.writeHead(418).end(JSON.stringify({ method: request.method, headers: request.headers }))
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

test('an encoded body arrives decoded, without the headers of its encoding', async () => {
  const { headers: received, body } = await fetchHttp({ method: 'GET', url: `${here}/gzip` })
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
  expect(refused.cause.cause.code).toBe('ECONNREFUSED')
  await expect(fetchHttp({ method: 'GET', url: `${here}/cut` })).rejects.toThrow('/cut: no complete response')
  const late = fetchHttp({ method: 'GET', url: `${here}/silent`, timeout: 50 })
  await expect(late).rejects.toThrow('/silent: no response within 50 ms')
  await expect(fetchHttp({ method: 'GET', url: `${here}/loop` })).rejects.toThrow('more than 10 redirects')
})
