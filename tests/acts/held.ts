import { imageBuilds } from '@slipway/core/image-build'
import { digestOf, IMAGE, INDEX, Spoken } from '../sandbox/oci-client.ts'
import type { World } from './world.ts'

/** What a destination has, by file name, each with its sha256. */
type Files = Record<string, string>

/** What the services answer to anyone who asks what they have of a release. */
export interface Held {
  /** The release's page: null for none. */
  github: { draft: boolean; files: Files } | null
  crates: Files
  pypi: Files
  testpypi: Files
}

/** Asks every service what it has of a release, by the plainest request that it takes. */
export async function held({ copy: { plan }, sandbox, repository }: World): Promise<Held> {
  const { github, cargo, pypi, testpypi } = sandbox
  const index = cargo.index.replace(/^sparse\+/, '')
  const crates = plan.crates.map(async ({ name, version }) => {
    const text = await ask(`${index}${placeOf(name)}`)
    const lines = text.split('\n').filter((each) => each !== '')
    const entry = lines.map((each) => JSON.parse(each)).find((each) => each.vers === version)
    return entry ? [[`${name}-${version}.crate`, entry.cksum as string]] : []
  })
  const simple = async (address: string) => {
    const accept = 'application/vnd.pypi.simple.v1+json'
    const pages = plan.packages.map(async ({ name }) =>
      JSON.parse((await ask(`${address}${name}/`, { accept })) || '{}'),
    )
    const files = (await Promise.all(pages)).flatMap((each) => each.files ?? [])
    return Object.fromEntries(files.map(({ filename, hashes }) => [filename, hashes.sha256]))
  }
  const authorization = `Bearer ${github.token}`
  const releases = JSON.parse((await ask(`${github.api}/repos/${repository}/releases`, { authorization })) || '[]')
  const own = releases.filter((each: { tag_name: string }) => each.tag_name === plan.tag)
  if (own.length > 1) throw new Error(`${own.length} releases of ${plan.tag}`)
  const assets = (own[0]?.assets ?? []) as { name: string; digest: string }[]
  const files = Object.fromEntries(assets.map(({ name, digest }) => [name, digest.replace('sha256:', '')]))
  return {
    github: own[0] ? { draft: own[0].draft, files } : null,
    crates: Object.fromEntries((await Promise.all(crates)).flat()),
    pypi: await simple(pypi.simple),
    testpypi: await simple(testpypi.simple),
  }
}

/** Files that differ between two places. */
export function differing({ github, crates, pypi, testpypi }: Held): string[] {
  const all = [crates, pypi, testpypi].flatMap((each) => Object.entries(each))
  return all.filter(([name, sum]) => github?.files[name] !== sum).map(([name]) => name)
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers })
  if (response.status === 404) return ''
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return response.text()
}

/** Where a crate is in an index (cargo reference, "Index Format"), for names of four letters and more. */
function placeOf(name: string): string {
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`
}

/** The digest of each tag of the plan's images at its registry, by `docker.io/a/b:tag`. */
export async function images({ copy: { plan }, sandbox }: World): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { registry, repository } of imageBuilds(plan).flatMap((each) => each.names)) {
    const spoken = await Spoken.open(sandbox, registry === 'ghcr.io' ? 'ghcr' : 'dockerhub', repository)
    const { tags } = (await (await spoken.send('GET', 'tags/list')).json()) as { tags: string[] }
    for (const tag of tags) {
      const manifest = await spoken.send('GET', `manifests/${tag}`, { headers: { accept: `${IMAGE}, ${INDEX}` } })
      found[`${registry}/${repository}:${tag}`] = digestOf(new Uint8Array(await manifest.arrayBuffer()))
    }
  }
  return found
}
