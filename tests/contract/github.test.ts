import { afterAll } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { GitHubPublisher } from '@slipway/registries/github/publisher'
import { openBench } from './sandbox.ts'
import { contract, type Remote, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

async function open(): Promise<Remote> {
  const { github } = bench.sandbox.description
  const repository = `owner/${bench.name()}`
  const make = (filename: string, content: string) => {
    return bench.file('asset', filename, filename, new TextEncoder().encode(content))
  }
  // A separate name for each case, since assets are counted by name.
  const [one, two] = [bench.name(), bench.name()]
  const artifacts = [await make(`${one}.whl`, 'one'), await make(`${two}.tar.gz`, 'two')]
  const text = { tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes', prerelease: false }
  return {
    artifacts,
    altered: await make(`${one}.whl`, 'other'),
    // Assets of a draft may still be replaced.
    conflict: 'draft-differs',
    http: fetchHttp,
    destinations: (ports) => {
      const to = {
        api: github.api,
        token: github.token,
        repository,
        text,
        makeLatest: 'legacy' as const,
        seesDrafts: true,
        mayReplace: () => false,
      }
      return [{ publisher: new GitHubPublisher(ports, to) }]
    },
    accepted: () => bench.accepted('uploads', artifacts, (each) => `asset ${each.filename} `),
  }
}

const routeOf = ({ method, url }: HttpRequest) => {
  const { pathname } = new URL(url)
  return `${method} ${pathname.replaceAll(/case\d+x/g, '*').replaceAll(/\/\d+/g, '/#')}`
}
contract('a GitHub release', open, await record(open, routeOf), routeOf)
