import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import { PUBLIC } from '@slipway/registries/endpoints'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { PyPIPublisher } from '@slipway/registries/pypi/publisher'
import { atEnd, succeed } from './harness.ts'
import { pythonClients } from './python-clients.ts'

const ports = { http: fetchHttp, clock: systemClock }

/** Distributions of well-known projects, by name and hash: maturin, setuptools, hatchling; metadata 2.1 to 2.4. */
const REAL: [project: string, filename: string, sha256: string][] = [
  [
    'orjson',
    'orjson-3.11.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    '95713e5fc8af84d8edc75b785d2386f653b63d62b16d681687746734b4dfc0be',
  ],
  [
    'cryptography',
    'cryptography-46.0.3-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    '01ca9ff2885f3acc98c29f1860552e37f6d7c7d013d7334ff2a9de43a449315d',
  ],
  [
    'markupsafe',
    'markupsafe-3.0.3-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl',
    '0bf2a864d67e76e5c9a34dc26ec616a66b9888e25e7b9460e1c76d3293bd9dbf',
  ],
  [
    'rpds-py',
    'rpds_py-0.28.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'ac9f83e7b326a3f9ec3ef84cda98fb0a74c7159f33e692032233046e7fd15da2',
  ],
  ['attrs', 'attrs-25.4.0-py3-none-any.whl', 'adcf7e2a1fb3b36ac48d97835bb6d8ade15b8dcce26aba8bf1d14847b57a3373'],
  ['requests', 'requests-2.32.5-py3-none-any.whl', '2462f94637a34fd532264295e186976db0f5d453d1cdd31473c85a6a161affb6'],
  ['attrs', 'attrs-25.4.0.tar.gz', '16d5969b87f0859ef33a48b35d55ac1be6e42ae49d5e853b597db70c35c57e11'],
  ['rpds-py', 'rpds_py-0.28.0.tar.gz', 'abd4df20485a0983e2ca334a216249b6186d6e3c1627e106651943dbdb791aea'],
]

/** Cache of the real distributions, downloaded once per checkout. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests/distributions', import.meta.url))

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function fetched(project: string, filename: string, sha256: string): Promise<string> {
  const path = join(folder, filename)
  if (existsSync(path) && hashOf(readFileSync(path)) === sha256) return path
  const client = new PyPIClient(ports, { ...PUBLIC.pypi, username: '', token: null })
  const found = (await client.files(project)).find((each) => each.filename === filename)
  if (!found) throw new Error(`PyPI has no ${filename}`)
  const { body } = await fetchHttp({ method: 'GET', url: found.url })
  expect([filename, hashOf(body)]).toEqual([filename, sha256])
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, body)
  return path
}

type Form = Record<string, string[]>

/** Starts a server that records the form of each upload and accepts it. */
async function capturing(): Promise<{ url: string; forms: Form[] }> {
  const forms: Form[] = []
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = { 'content-type': incoming.headers['content-type'] ?? '' }
    const form = await new Response(Buffer.concat(chunks), { headers }).formData()
    const read: Form = {}
    for (const [name, value] of form) {
      const shown =
        typeof value === 'string' ? value : `${value.name}, ${hashOf(new Uint8Array(await value.arrayBuffer()))}`
      read[name] = [...(read[name] ?? []), shown]
    }
    forms.push(read)
    outgoing.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/legacy/`, forms }
}

/** The only field that twine alone sends: PyPI needs one digest, and Node cannot compute BLAKE2b with 256 bits. */
const TWINES_OWN = 'blake2_256_digest'

/** Fields that both send with other values: the field, and how twine writes what Slipway sends. */
const WRITTEN_OTHERWISE: Record<string, (value: string) => string> = {
  // twine splits keywords at commas and joins them with a blank; Slipway sends them as in the file.
  keywords: (value) => value.replace(/,\s*/g, ', '),
}

const { tool, install } = pythonClients('twine', 'twine')
beforeAll(install)

test.each(REAL)('%s: the form of %s is what twine sends', async (project, filename, sha256) => {
  const path = await fetched(project, filename, sha256)
  const twines = await capturing()
  const login = ['--repository-url', twines.url, '-u', '__token__', '-p', 'x']
  await succeed([tool('twine'), 'upload', '--non-interactive', '--disable-progress-bar', ...login, path])
  const ours = await capturing()
  const [kind, version] = [filename.endsWith('.whl') ? 'wheel' : 'sdist', filename.split('-')[1] as string] as const
  const artifact = await describeFile(kind, project, version, path)
  const at = { name: 'PyPI', isPyPI: true, upload: ours.url, simple: ours.url, web: null }
  await new PyPIPublisher(ports, { ...at, username: '__token__', token: 'x' }).publish(artifact)
  const [theirs, mine] = [twines.forms[0] as Form, ours.forms[0] as Form]
  const { [TWINES_OWN]: digest, ...shared } = theirs
  expect(digest).toHaveLength(1)
  const sorted = (form: Form) => Object.fromEntries(Object.entries(form).map(([name, all]) => [name, [...all].sort()]))
  const written = Object.entries(mine).map(([name, all]) => [name, all.map(WRITTEN_OTHERWISE[name] ?? String)])
  expect([basename(path), sorted(Object.fromEntries(written))]).toEqual([filename, sorted(shared)])
})
