import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { runAction } from './action.ts'
import { BenchError, type BenchOptions, type Entry, inFolder, program, run, sideBySide } from './measure.ts'
import { listed, openNetwork, type Sent } from './network.ts'
import { commit, PROJECT, write } from './repository.ts'

const OCI = 'application/vnd.oci.image'
const REGISTRIES = ['dockerhub', 'ghcr'] as const

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

/** Writes an OCI layout with an image of three layers of 5 MB; gives its digest and the size of all blobs. */
function writeLayout(folder: string, revision: string): { sha256: string; size: number } {
  let size = 0
  const blob = (mediaType: string, content: Uint8Array) => {
    const file = join(folder, 'blobs', 'sha256', sha256(content))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    size += content.length
    return { mediaType, digest: `sha256:${sha256(content)}`, size: content.length }
  }
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const layers = [1, 2, 3].map(() => randomBytes(5_000_000))
  const config = {
    os: 'linux',
    architecture: 'amd64',
    config: { Labels: { 'org.opencontainers.image.revision': revision } },
    rootfs: { type: 'layers', diff_ids: layers.map((each) => `sha256:${sha256(each)}`) },
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: blob(`${OCI}.config.v1+json`, json(config)),
    layers: layers.map((each) => blob(`${OCI}.layer.v1.tar+gzip`, gzipSync(each, { level: 1 }))),
  }
  const root = blob(manifest.mediaType, json(manifest))
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [root] }))
  return { sha256: root.digest.slice('sha256:'.length), size }
}

/** An image of three layers to two registries, from a layout, against crane. */
export async function image({ delay, trace }: BenchOptions): Promise<Entry[]> {
  const crane = program('crane')
  return inFolder(async (folder) => {
    const network = await openNetwork(folder, delay)
    try {
      const hosts = REGISTRIES.map((each) => new URL(network.description[each].registry).host)
      const auths = REGISTRIES.map((each, index) => {
        const { username, password } = network.description[each]
        return [hosts[index], { auth: Buffer.from(`${username}:${password}`).toString('base64') }]
      })
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: Object.fromEntries(auths) }))

      const cwd = join(folder, 'project')
      write(cwd, PROJECT)
      const revision = await commit(cwd)
      const part = { kind: 'image', name: 'app', version: '1.2.0', filename: 'app-1.2.0.oci', path: 'images/app' }
      const layout = join(cwd, 'parts', 'images', 'app')
      mkdirSync(layout, { recursive: true })
      const artifacts = [{ ...part, ...writeLayout(layout, revision) }]
      const about = { schema: 2, version: '1.2.0', tag: 'v1.2.0', commit: revision, artifacts }
      write(cwd, { 'parts/manifest.json': JSON.stringify(about) })
      const env = { SLIPWAY_SANDBOX: network.file, DOCKER_CONFIG: folder }
      const namesOf = (owner: string) => hosts.map((each) => `${each}/${owner}/app`)
      const assembled = { builds: 'parts', images: namesOf('own').join('\n'), adopt: 'never', upload: 'false' }
      await runAction('assemble', assembled, { cwd, scratch: folder, env })

      const requests: Record<string, Sent[]> = {}
      const measured = (who: string, act: (names: string[]) => Promise<number>) => async (round: number) => {
        network.take()
        const seconds = await act(namesOf(`${who}${round}`))
        const all = network.take()
        requests[who] = all.filter((each) => each.service === 'dockerhub' || each.service === 'ghcr')
        requests[`${who}, elsewhere`] = all.filter((each) => !requests[who]?.includes(each))
        const tags = requests[who].filter((each) => /^PUT .*\/manifests\/1\.2\.0$/.test(`${each.method} ${each.path}`))
        if (tags.length !== 2) throw new BenchError(`${who} moved the tag in ${tags.length} of 2 registries.`)
        return seconds
      }
      const push = async (name: string) => {
        const argv = [crane, 'push', layout, `${name}:1.2.0`] as const
        return (await run(argv, { cwd, env: { DOCKER_CONFIG: folder } })).seconds
      }
      const times = await sideBySide({
        ours: measured('ours', async (names) => {
          const inputs = { images: names.join('\n'), tags: '{version}', upload: 'false' }
          return (await runAction('push-image', inputs, { cwd, scratch: folder, env })).seconds
        }),
        crane: measured('crane', async ([one = '', two = '']) => (await push(one)) + (await push(two))),
        both: measured('both', async (names) => Math.max(...(await Promise.all(names.map(push))))),
      })
      for (const [who, list] of Object.entries(requests)) if (list.length > 0) trace(`image: ${who}`, listed(list))
      const entry = (peer: 'crane' | 'both', called: string, limit: number | null): Entry => ({
        name: 'image',
        what: `image of 3 layers of 5 MB to two registries (${times.ours.toFixed(2)} s)`,
        against: `crane push, ${called} (${times[peer].toFixed(2)} s)`,
        ratio: times.ours / times[peer],
        limit,
        requests: requests.ours?.length ?? 0,
        peerRequests: requests[peer]?.length ?? 0,
      })
      return [entry('crane', 'one after the other', 1.1), entry('both', 'two side by side', null)]
    } finally {
      await network.close()
    }
  })
}
