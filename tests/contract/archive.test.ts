import { afterAll } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { ArchivePublisher } from '@slipway/registries/archive/publisher'
import { openBench } from './sandbox.ts'
import { contract, type Remote, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

async function open(): Promise<Remote> {
  const { archive } = bench.sandbox.description
  const name = bench.name()
  const file = (text: string) => bench.file('asset', name, `${name}.txt`, Buffer.from(text))
  const artifacts = [await file('one'), await bench.file('asset', name, `${name}.md`, Buffer.from('two'))]
  return {
    artifacts,
    altered: await file('other'),
    http: fetchHttp,
    destinations: (ports) => [{ publisher: new ArchivePublisher(ports, archive) }],
    accepted: () => bench.accepted('archive', artifacts, (each) => `file ${each.filename} `),
  }
}

const routeOf = ({ method, url }: HttpRequest) => `${method} ${new URL(url).pathname.replaceAll(/case\d+x/g, '*')}`
contract('an archive', open, await record(open, routeOf), routeOf)
