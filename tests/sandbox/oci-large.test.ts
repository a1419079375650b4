import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import { OciClient } from '@slipway/registries/oci/client'
import { temporaryFolder, tested, testedProcess } from './harness.ts'
import { brokenOff, Spoken } from './oci-client.ts'

/** Bytes of the layer, and megabytes of each process's heap. */
const SIZE = 300 * 2 ** 20
const HEAP = 48

/** Writes a file of the layer's size; returns its digest. */
function writeLayer(path: string): string {
  const piece = Buffer.alloc(2 ** 20)
  const hash = createHash('sha256')
  const file = openSync(path, 'wx')
  for (let at = 0; at < SIZE; at += piece.length) {
    piece.writeUInt32LE(at)
    hash.update(piece)
    writeSync(file, piece)
  }
  closeSync(file)
  return `sha256:${hash.digest('hex')}`
}

const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../packages/${path}`, import.meta.url)))

/** Uploads a file as a blob and downloads it, and prints the peak of its process's memory in MiB. */
const UPLOAD = `
  const { openAsBlob } = await import('node:fs')
  const { fetchHttp } = await import(${source('core/src/effects/http.ts')})
  const { OciClient } = await import(${source('registries/src/oci/client.ts')})
  const [registry, username, password, digest, path] = process.argv.slice(1)
  const clock = { now: Date.now, sleep: async () => {} }
  const remote = { registry, repository: 'own/app', credentials: { username, password }, mountFrom: null }
  const client = new OciClient({ http: fetchHttp, clock }, remote)
  await client.uploadBlob(digest, await openAsBlob(path))
  await client.download(digest, path + '.back')
  console.log(process.resourceUsage().maxRSS / 1024)
`

/** Returns the peak memory of a running process in MiB (proc_pid_status(5), VmHWM). */
function peakOf(pid: number | undefined): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1024
}

test('a layer larger than the memory of both processes is streamed both ways', async () => {
  const dir = temporaryFolder()
  const layer = join(temporaryFolder(), 'layer')
  const digest = writeLayer(layer)
  const sandbox = await testedProcess(dir, [`--max-old-space-size=${HEAP}`])
  const { registry, username, password } = sandbox.ghcr
  const argv = [`--max-old-space-size=${HEAP}`, '--input-type=module', '-e', UPLOAD]
  const { stdout } = await promisify(execFile)(process.execPath, [...argv, registry, username, password, digest, layer])
  // Bytes outside the heap are not limited by the option.
  expect(Number(stdout)).toBeLessThan(SIZE / 2 ** 20)
  expect(peakOf(sandbox.process.pid)).toBeLessThan(SIZE / 2 ** 20)
  const head = await (await Spoken.open(sandbox, 'ghcr', 'own/app')).send('HEAD', `blobs/${digest}`)
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(SIZE)])
})

test('a download with other bytes leaves no file behind', async () => {
  const [dir, sandbox] = [temporaryFolder(), await tested()]
  const { registry, username, password } = sandbox.ghcr
  const remote = { registry, repository: 'own/app', credentials: { username, password }, mountFrom: null }
  const client = new OciClient({ http: fetchHttp, clock: systemClock }, remote)
  const digest = `sha256:${createHash('sha256').update('one').digest('hex')}`
  await client.uploadBlob(digest, new Blob(['one']))
  await client.download(digest, join(dir, 'blob'))
  expect(readFileSync(join(dir, 'blob'), 'utf8')).toBe('one')
  writeFileSync(join(sandbox.dir, 'ghcr', 'blobs', digest.slice('sha256:'.length)), 'two')
  const again = client.download(digest, join(dir, 'blob'))
  await expect(again).rejects.toMatchObject({ failure: 'doubtful', message: expect.stringContaining('another digest') })
  expect(readdirSync(dir)).toEqual([])
})

test('a refused or truncated body leaves no file behind', async () => {
  const dir = temporaryFolder()
  const sandbox = await testedProcess(dir)
  const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
  const location = await repo.begin()
  await repo.breakOff('PATCH', location, 100, 'abcdef', { 'content-range': '50-99' })
  await brokenOff(sandbox)
  expect((await repo.close(location, `sha256:${'0'.repeat(64)}`, { body: 'x' })).status).toBe(400)
  const drafts = readdirSync(join(dir, 'ghcr', 'blobs')).filter((each) => each.endsWith('.tmp'))
  expect(drafts).toEqual([])
})
