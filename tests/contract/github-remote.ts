import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { GitHubPublisher } from '@slipway/registries/github/publisher'
import type { Bench } from './sandbox.ts'
import type { Remote } from './suite.ts'

/** Opens a new repository on GitHub. @param count how many assets its release has */
export async function githubRemote(bench: Bench, count = 2): Promise<Remote> {
  const { github } = bench.sandbox.description
  const repository = `owner/${bench.name()}`
  const make = (filename: string, content: string) => {
    return bench.file('asset', filename, filename, new TextEncoder().encode(content))
  }
  // A separate name for each case, since assets are counted by name.
  const names = Array.from({ length: count }, (_, index) => `${bench.name()}${index === 0 ? '.whl' : '.tar.gz'}`)
  const artifacts = await Promise.all(names.map((each) => make(each, `content of ${each}`)))
  const text = { tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes', prerelease: false }
  return {
    artifacts,
    altered: await make(names[0] as string, 'other'),
    // Assets of a draft may still be replaced.
    conflict: 'draft-differs',
    http: fetchHttp,
    destinations: (ports) => {
      const to = {
        api: github.api,
        token: github.token,
        repository,
        text,
        makeLatest: 'auto' as const,
        seesDrafts: true,
        mayReplace: () => false,
      }
      return [{ publisher: new GitHubPublisher(ports, to) }]
    },
    created: async () => {
      const log = await bench.control.log()
      return log.filter(({ path, effect }) => path.includes(repository) && /^draft \d+ created$/.test(effect ?? ''))
        .length
    },
    accepted: () => bench.accepted('uploads', artifacts, (each) => `asset ${each.filename} `),
  }
}

/** Returns the route of a request to GitHub. */
export function githubRoute({ method, url }: HttpRequest): string {
  const { pathname } = new URL(url)
  return `${method} ${pathname.replaceAll(/case\d+x/g, '*').replaceAll(/\/\d+/g, '/#')}`
}
