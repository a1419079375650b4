import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { OciClient, type OciRemote } from '@slipway/registries/oci/client'
import { answeredBy, type Said } from './http.ts'

const REGISTRY = 'https://registry.example.invalid'
const BASE = `${REGISTRY}/v2/own/app`
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** Returns a client whose registry gives these responses in order, and its requests (`METHOD URL range body`). */
function scripted(answers: (Said | Error)[], remote: Partial<OciRemote> = {}) {
  const ports = answeredBy((_, n) => answers[n] ?? new Error('nothing more is expected'))
  const all = { registry: REGISTRY, repository: 'own/app', credentials: null, mountFrom: null, ...remote }
  const asked = () =>
    ports.heard.map(({ method, url, headers, text }) => {
      const where = url.replace(BASE, '')
      return [method, where, headers['content-range'], text].filter(Boolean).join(' ')
    })
  return { client: new OciClient(ports, all), asked, heard: ports.heard }
}

const to = (location: string, more: Said = {}): Said => ({
  status: 202,
  ...more,
  headers: { location, ...more.headers },
})
const CREATED = { status: 201 }
const REFUSED: Said = { status: 400, body: { errors: [{ code: 'DIGEST_INVALID', message: 'no' }] } }
const CONTENT = '0123456789'
const DIGEST = digestOf(CONTENT)
const blob = new Blob([CONTENT])
const QUERY = `digest=${encodeURIComponent(DIGEST)}`

describe('an upload', () => {
  test('goes in one request to the location that the registry returns, and is closed with its digest', async () => {
    const { client, asked, heard } = scripted([
      to('/v2/own/app/blobs/uploads/1'),
      to('/v2/own/app/blobs/uploads/2'),
      CREATED,
    ])
    await client.uploadBlob(DIGEST, blob)
    expect(asked()).toEqual([
      'POST /blobs/uploads/',
      `PATCH /blobs/uploads/1 ${CONTENT}`,
      `PUT /blobs/uploads/2?${QUERY}`,
    ])
    expect(heard[1]?.headers['content-type']).toBe('application/octet-stream')
  })

  test.each([
    ['from the root', '/up/1?_state=a%3D', `${REGISTRY}/up/1?_state=a%3D`],
    [
      'in full, elsewhere',
      'https://storage.example.invalid/1?sig=a%2Bb',
      'https://storage.example.invalid/1?sig=a%2Bb',
    ],
    ['relative', '1?x=y', '/blobs/uploads/1?x=y'],
    ['without a scheme', '//storage.example.invalid/1?x', 'https://storage.example.invalid/1?x'],
  ])('continues at a location %s, whose query is kept', async (_, location, url) => {
    const { client, asked } = scripted([to(location), to(location), CREATED])
    await client.uploadBlob(DIGEST, blob)
    const closed = asked()[2] as string
    expect(asked()[1]).toBe(`PATCH ${url} ${CONTENT}`)
    expect(new URL(closed.replace('PUT ', ''), BASE).searchParams.get('digest')).toBe(DIGEST)
    for (const [key, value] of new URL(url, BASE).searchParams) {
      expect(new URL(closed.replace('PUT ', ''), BASE).searchParams.getAll(key)).toEqual([value])
    }
  })

  test('of an empty blob sends no request for its bytes', async () => {
    const { client, asked } = scripted([to('1'), CREATED])
    await client.uploadBlob(digestOf(''), new Blob([]))
    expect(asked().map((each) => each.split(' ')[0])).toEqual(['POST', 'PUT'])
  })

  test('without a location fails', async () => {
    const { client } = scripted([{ status: 202 }])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
  })
})

const broken = [to('1'), new Error('reset')]
const closed = (at: string) => `PUT /blobs/uploads/${at}?${QUERY}`

describe('an upload that broke off', () => {
  test.each([
    ['0-3', '4-9 456789'],
    ['bytes=0-3', '4-9 456789'],
    ['0-8', '9-9 9'],
  ])('resumes after the range %s', async (range, rest) => {
    const { client, asked } = scripted([...broken, to('2', { status: 204, headers: { range } }), to('3'), CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(2)).toEqual(['GET /blobs/uploads/1', `PATCH /blobs/uploads/2 ${rest}`, closed('3')])
  })

  test('is only closed if the registry has all of it', async () => {
    const answer = to('2', { status: 204, headers: { range: '0-9' } })
    const { client, asked } = scripted([...broken, answer, CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(2)).toEqual(['GET /blobs/uploads/1', closed('2')])
  })

  test('before it was closed is queried at its latest location, and only closed', async () => {
    const answer = to('3', { status: 204, headers: { range: '0-9' } })
    const { client, asked } = scripted([to('1'), to('2'), new Error('reset'), answer, CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(3)).toEqual(['GET /blobs/uploads/2', closed('3')])
  })

  test('resumes at its old location if the registry returns no new one', async () => {
    const { client, asked } = scripted([...broken, { status: 204, headers: { range: '0-3' } }, to('3'), CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(2)).toEqual(['GET /blobs/uploads/1', 'PATCH /blobs/uploads/1 4-9 456789', closed('3')])
  })

  test.each([
    ['may have received nothing', to('2', { status: 204, headers: { range: '0-0' } })],
    ['has no range', to('2', { status: 204 })],
    ['has a range that begins elsewhere', to('2', { status: 204, headers: { range: '4-9' } })],
    ['is forgotten', { status: 404 }],
    ['is given up by the registry', { status: 416 }],
    ['cannot be queried', { status: 405 }],
    ['is refused', { status: 400 }],
  ])('and %s is sent again, as a whole', async (_, answer) => {
    const { client, asked } = scripted([...broken, answer, to('5'), to('6'), CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(2)).toEqual([
      'GET /blobs/uploads/1',
      'POST /blobs/uploads/',
      `PATCH /blobs/uploads/5 ${CONTENT}`,
      closed('6'),
    ])
  })
})

describe('an upload that broke off, and cannot simply resume,', () => {
  test.each([
    ['there is no answer', new Error('reset'), 'doubtful'],
    ['the registry is down', { status: 503 }, 'doubtful'],
    ['it wants a pause', { status: 429, headers: { 'retry-after': '3' } }, 'limited'],
  ])('is queried again if %s', async (_, answer, failure) => {
    const resumed = to('2', { status: 204, headers: { range: '0-3' } })
    const { client, asked } = scripted([...broken, answer, resumed, to('3'), CREATED])
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure })
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(3, 5)).toEqual(['GET /blobs/uploads/1', 'PATCH /blobs/uploads/2 4-9 456789'])
  })

  test.each([
    ['whose rest', [REFUSED]],
    ['whose rest, out of order,', [{ status: 416 }]],
    ['whose end', [to('3'), REFUSED]],
    ['whose end, meanwhile forgotten,', [to('3'), { status: 404 }]],
  ])('%s is refused may have wrong bytes: it is sent again, as a whole', async (_, answers) => {
    const resumed = to('2', { status: 204, headers: { range: '0-3' } })
    const { client, asked } = scripted([...broken, resumed, ...answers, to('5'), to('6'), CREATED])
    for (const _ of [1, 2]) {
      await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    }
    await client.uploadBlob(DIGEST, blob)
    expect(asked().slice(-3)).toEqual(['POST /blobs/uploads/', `PATCH /blobs/uploads/5 ${CONTENT}`, closed('6')])
  })
})

test('an upload that was refused without being resumed is not retried', async () => {
  const { client } = scripted([to('1'), to('2'), REFUSED])
  await expect(client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'refused', message: 'HTTP 400: no' })
})

describe('a blob that another repository may have', () => {
  const mount = `POST /blobs/uploads/?${new URLSearchParams({ mount: DIGEST, from: 'base/os' })}`
  const rest = ['PATCH /blobs/uploads/1 0123456789', `PUT /blobs/uploads/2?${QUERY}`]

  test.each<[string, Said[], string[]]>([
    ['is mounted', [CREATED], [mount]],
    ['is sent if that does not have it', [to('1'), to('2'), CREATED], [mount, ...rest]],
    [
      'is sent if mounting from there is denied',
      [{ status: 403 }, to('1'), to('2'), CREATED],
      [mount, 'POST /blobs/uploads/', ...rest],
    ],
    [
      'is sent if the registry mounts nothing',
      [{ status: 405 }, to('1'), to('2'), CREATED],
      [mount, 'POST /blobs/uploads/', ...rest],
    ],
  ])('%s', async (_, answers, requests) => {
    const { client, asked } = scripted(answers, { mountFrom: 'base/os' })
    await client.uploadBlob(DIGEST, blob)
    expect(asked()).toEqual(requests)
  })

  test('is not sent if it may have been mounted, nor if nothing may be pushed', async () => {
    const doubtful = scripted([{ status: 502 }], { mountFrom: 'base/os' })
    await expect(doubtful.client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'doubtful' })
    expect(doubtful.asked()).toEqual([mount])
    const denied = scripted([{ status: 403 }, { status: 403 }], { mountFrom: 'base/os' })
    await expect(denied.client.uploadBlob(DIGEST, blob)).rejects.toMatchObject({ failure: 'denied' })
  })
})
