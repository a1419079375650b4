import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { OciPublisher } from '@slipway/registries/oci/publisher'
import { imageTags } from '@slipway/registries/oci/tags'
import { CUT, FAULTS, type Fault, type Recorded, type Strike } from './faults.ts'
import { writeImage } from './image.ts'
import { type Bench, openBench } from './sandbox.ts'
import { contract, type Remote, record } from './suite.ts'
import { Trial } from './trial.ts'

type RegistryName = 'dockerhub' | 'ghcr'

/** Opens a remote with one image, which goes to a repository of each registry. */
const open = (registries: readonly RegistryName[]) => async (): Promise<Remote> => {
  // A separate sandbox, since each case reads its whole log.
  const bench = await openBench()
  const repository = 'owner/name'
  const image = (project: string, ...layers: string[]) =>
    writeImage(join(bench.folder, project, layers.join()), project, layers)
  const artifacts = [await image('name', 'content')]
  return {
    artifacts,
    altered: await image('name', 'other content'),
    http: fetchHttp,
    destinations: (ports) =>
      registries.map((service) => {
        const { registry, username, password } = bench.sandbox.description[service]
        const publisher = new OciPublisher(ports, {
          name: { registry: service, repository },
          registry,
          repository,
          credentials: { username, password },
          mountFrom: null,
          web: null,
          // No concurrency, so that the n-th request is the same in every run.
          parallel: 1,
        })
        const tags = imageTags('1.0.0', ['latest'])
        return {
          publisher,
          pointers: (images) => tags.flatMap((tag) => images.map((each) => publisher.pointer(each, tag))),
        }
      }),
    accepted: () => accepted(bench, registries, artifacts),
    // One registry is enough: the upload resumes the same way in each.
    ...(registries.length === 1 && { detour: cutUpload }),
    close: bench.close,
  }
}

/** Cuts the upload of a layer off halfway, so that it is resumed. */
const cutUpload = (requests: readonly Recorded[]) => {
  return { n: requests.findIndex((each) => each.route.startsWith('PATCH')), fault: CUT }
}

/** Counts for each image how often its parts were accepted: 1 if each part was accepted once everywhere. */
async function accepted(bench: Bench, registries: readonly RegistryName[], artifacts: readonly Artifact[]) {
  const log = await bench.control.log()
  const counts: Record<string, number> = {}
  for (const { filename, path } of artifacts) {
    const { blobs, manifests } = await readLayout(path)
    const times = registries.flatMap((service) => {
      const effects = log.flatMap((each) => (each.service === service && each.effect ? each.effect.split('; ') : []))
      return [...blobs, ...manifests].map(({ digest }) => {
        return effects.filter((each) => each.includes(`${digest} in `)).length
      })
    })
    if (Math.max(...times) > 0) counts[filename] = Math.min(...times) === 0 ? Number.NaN : Math.max(...times)
  }
  return counts
}

const routeOf = ({ method, url }: HttpRequest) => {
  const { pathname } = new URL(url)
  return `${method} ${pathname.replaceAll(/sha256:\w+/g, '#').replace(/(uploads\/).+/, '$1#')}`
}

const one = await record(open(['ghcr']), routeOf)
/** Asked only when the registry has accepted no login before. */
const root: Recorded = { route: 'GET /v2/', writes: false }
contract('an image registry', open(['ghcr']), { ...one, elsewhere: [root] }, routeOf)

const two = await record(open(['dockerhub', 'ghcr']), routeOf)
const elsewhere = [root, ...(one.detour?.requests ?? [])]
contract('two image registries', open(['dockerhub', 'ghcr']), { ...two, elsewhere }, routeOf)

describe('an image registry that refuses the first request', () => {
  const trial = new Trial(open(['ghcr']), routeOf)
  const refusal: Strike = { n: 0, fault: FAULTS.find((each) => each.name === '403') as Fault }

  test.each(FAULTS)('$name when the login is checked: nothing is written', async (fault) => {
    const { artifacts } = trial.remote
    const refused = await trial.run(artifacts, refusal)
    const n = refused.requests.findIndex((each) => each.route === root.route)
    expect(n).toBeGreaterThan(0)
    const struck = await trial.run(artifacts, refusal, { n, fault })
    for (const { failure, requests } of [refused, struck]) {
      expect(failure).not.toBeNull()
      expect(requests.filter((each) => each.writes)).toEqual([])
    }
    expect((await trial.run(artifacts)).failure).toBeNull()
    expect(await trial.remote.accepted()).toEqual(trial.once())
  })
})
