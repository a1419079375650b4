import { afterAll } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { crate } from '../unit/artifacts/archives.ts'
import { openBench, realPause, TIME_SCALE } from './sandbox.ts'
import { contract, type Remote, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

async function open(): Promise<Remote> {
  const { cargo } = bench.sandbox.description
  await bench.control.setCargoLag(0)
  const [one, two] = [bench.name(), bench.name()]
  const make = (name: string, content: string) => {
    const manifest = `[package]\nname = "${name}"\nversion = "1.0.0"\ndescription = "d"\nlicense = "MIT"\n`
    const bytes = crate({ 'Cargo.toml': manifest, 'src/lib.rs': content }, `${name}-1.0.0`)
    return bench.file('crate', name, `${name}-1.0.0.crate`, bytes)
  }
  const artifacts = [await make(one, ''), await make(two, '')]
  return {
    artifacts,
    altered: await make(one, 'pub fn other() {}'),
    http: fetchHttp,
    destinations: (ports) => {
      const to = { name: 'crates', isCratesIo: true, web: null, index: cargo.index, token: cargo.token }
      return [{ publisher: new CratesPublisher(ports, to) }]
    },
    accepted: () => bench.accepted('cargo', artifacts, (each) => `crate ${each.project} `),
    lag: (milliseconds) => bench.control.setCargoLag(milliseconds / TIME_SCALE),
    onSleep: realPause,
  }
}

const routeOf = ({ method, url }: HttpRequest) =>
  `${method} ${new URL(url).pathname.replaceAll(/case\d+x|\bca\/se\b/g, '*')}`
contract('a cargo registry', open, await record(open, routeOf), routeOf)
