import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as openRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Http, HttpRequest } from '@slipway/core/ports'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Credentials } from '@slipway/registries/oci/authorization'
import { OciClient, type RemoteManifest } from '@slipway/registries/oci/client'
import { OciPublisher } from '@slipway/registries/oci/publisher'
import { pullImage } from '@slipway/registries/oci/pull'
import { imageTags } from '@slipway/registries/oci/tags'
import { imageTarget } from '@slipway/registries/oci/target'
import { writeImage } from '../contract/image.ts'
import { needs } from '../tools.ts'
import { call, type Daemon } from './daemon.ts'
import { startRegistry } from './harness.ts'

const test = needs('docker-registry', 'htpasswd', 'skopeo')

const USER = { username: 'me', password: 'hush:1' }
const AUTH = Buffer.from(`${USER.username}:${USER.password}`).toString('base64')

let dir: string
const registries: Record<string, Daemon & { host: string }> = {}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'client-'))
  const passwords = join(dir, 'htpasswd')
  await writeFile(passwords, `${await call({}, 'htpasswd', '-nbB', USER.username, USER.password)}\n`)
  registries.open = await startRegistry(join(dir, 'open'))
  registries.guarded = await startRegistry(join(dir, 'guarded'), passwords)
  const auths = { [registries.guarded.host]: { auth: AUTH } }
  await writeFile(join(dir, 'auth.json'), JSON.stringify({ auths }))
})
afterAll(async () => {
  await Promise.all(Object.values(registries).map((each) => each.close()))
  await rm(dir, { recursive: true, force: true })
})

/** What it asked of a registry, as `METHOD STATUS PATH RANGE`, with `#` for what differs in every run. */
function recording(http: Http = fetchHttp) {
  const asked: string[] = []
  const port: Http = async (request) => {
    const response = await http(request)
    const { pathname, search } = new URL(request.url)
    const path = (pathname + search).replace(/(uploads\/)[^?].+/, '$1#').replaceAll(/sha256(:|%3A)\w+/g, '#')
    asked.push([request.method, response.status, path, request.headers?.['content-range']].filter(Boolean).join(' '))
    return response
  }
  return { port, asked }
}

interface Changes {
  http?: Http
  credentials?: Credentials | null
  /** Repositories to mount from. */
  others?: string[]
}

function target(host: string, repository: string, { credentials = USER, others = [] }: Changes = {}) {
  const named = (each: string) => ({ registry: host, repository: each })
  return imageTarget(named(repository), credentials, others.map(named), endpointsOf({}))
}

const publisherOf = (host: string, repository: string, changes: Changes = {}) =>
  new OciPublisher({ http: changes.http ?? fetchHttp, clock: systemClock }, target(host, repository, changes))

const clientOf = (host: string, repository: string, http = fetchHttp) =>
  new OciClient({ http, clock: systemClock }, target(host, repository))

/** Sends half of a request's body, if it has one, then ends the connection. */
async function cut({ method, url, headers, body }: HttpRequest): Promise<never> {
  const bytes = Buffer.from(await new Blob(body ? [body as Blob] : []).arrayBuffer())
  await new Promise<void>((resolve) => {
    const sent = openRequest(url, { method, headers: { ...headers, 'content-length': bytes.length + 1 } })
    sent.on('error', () => {}).on('close', resolve)
    sent.write(bytes.subarray(0, bytes.length / 2), () => sent.destroy())
  })
  throw new Error('cut off')
}

describe.each(['open', 'guarded'])("Debian's registry, %s", (which) => {
  const host = () => registries[which]?.host as string

  test('takes an image by its digest, then its tags; others read the same, and nothing goes up twice', async () => {
    const image = await writeImage(join(dir, which, 'image'), 'app', ['one', 'two'])
    const { port, asked } = recording()
    const publisher = publisherOf(host(), 'own/app', { http: port })
    const digest = `sha256:${image.sha256}`
    expect(await publisher.probe([image])).toEqual([{ state: 'absent' }])
    await publisher.publish(image)
    expect(await publisher.probe([image])).toEqual([{ state: 'same', digest }])
    const client = clientOf(host(), 'own/app')
    expect(await client.tags()).toEqual([])
    for (const tag of imageTags('1.0.0', ['{major}.{minor}', 'latest'])) {
      const pointer = publisher.pointer(image, tag)
      expect([await pointer.read(), await pointer.mayMove()]).toEqual([{ there: false }, null])
      await pointer.move()
      expect(await pointer.read()).toEqual({ there: true, digest })
    }
    const inspect = ['inspect', '--tls-verify=false', '--authfile', join(dir, 'auth.json')]
    const seen = JSON.parse(await call({}, 'skopeo', ...inspect, `docker://${host()}/own/app:latest`))
    expect([seen.Digest, seen.RepoTags.sort()]).toEqual([digest, ['1.0', '1.0.0', 'latest']])

    expect(asked.filter((each) => /^(POST|PATCH)/.test(each))).toHaveLength(6)
    await publisher.publish(image)
    expect(asked.filter((each) => /^(POST|PATCH)/.test(each))).toHaveLength(6)
    const other = await writeImage(join(dir, which, 'other'), 'app', ['one', 'three'])
    expect(await publisher.probe([other])).toMatchObject([{ state: 'different', digest }])

    const copy = join(dir, which, 'copy')
    await pullImage(client, (await client.manifest('1.0.0')) as RemoteManifest, copy)
    expect([await verifyLayout(copy), (await readLayout(copy)).root.digest]).toEqual([[], digest])
  })

  test('mounts what another repository has', async () => {
    const layers = ['shared by two', 'shared as well']
    const image = await writeImage(join(dir, which, 'base'), 'base', layers)
    await publisherOf(host(), 'own/base').publish(image)
    const { port, asked } = recording()
    const derived = await writeImage(join(dir, which, 'derived'), 'app', [...layers, 'own'])
    const publisher = publisherOf(host(), 'own/derived', { http: port, others: ['own/base'] })
    await publisher.publish(derived)
    expect(await publisher.probe([derived])).toMatchObject([{ state: 'same' }])
    const mount = '/v2/own/derived/blobs/uploads/?mount=#&from=own%2Fbase'
    expect(asked.filter((each) => each.startsWith('POST 2')).sort()).toEqual([
      ...[`POST 201 ${mount}`, `POST 201 ${mount}`],
      // Its config and its own layer.
      ...[`POST 202 ${mount}`, `POST 202 ${mount}`],
    ])
  })

  test.each([
    // It gives up an upload whose address does not tell how far it is, and has nothing of it until it knows of the end.
    ['in its bytes is sent anew', 'PATCH', /^GET (404|204),POST 202,PATCH 202,PUT 201$/],
    ['before its end is only closed', 'PUT', /^GET 204,PUT 201$/],
  ])('an upload that breaks off %s', async (_, method, requests) => {
    const content = new Blob([randomBytes(2 ** 22)])
    const digest = `sha256:${createHash('sha256')
      .update(await content.bytes())
      .digest('hex')}`
    let faults = 1
    const { port, asked } = recording((request) =>
      request.method === method && faults-- > 0 ? cut(request) : fetchHttp(request),
    )
    const client = clientOf(host(), 'own/cut', port)
    await expect(client.uploadBlob(digest, content)).rejects.toMatchObject({ failure: 'doubtful' })
    const before = asked.length
    await client.uploadBlob(digest, content)
    expect(
      asked
        .slice(before)
        .map((each) => each.split(' ', 2).join(' '))
        .join(),
    ).toMatch(requests)
    expect((await client.blob(digest)).length).toBe(content.size)
  })
})

test.each([
  ['no login', null, /HTTP 401.*asks for a login/],
  ['a wrong password', { ...USER, password: 'hush:2' }, /HTTP 401/],
  ['an identity token', { identityToken: 'hush' }, /HTTP 401.*refuses the password/],
])('%s is no way in, and is not told', async (_, credentials, message) => {
  const publisher = publisherOf(registries.guarded?.host as string, 'own/app', { credentials })
  const failure = await publisher.probe([await writeImage(join(dir, 'denied'), 'app', ['one'])]).catch((cause) => cause)
  expect(failure).toMatchObject({ failure: 'denied', status: 401, message: expect.stringMatching(message) })
  expect(failure.message).not.toContain('hush')
})
