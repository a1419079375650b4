import { afterAll } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { PyPIPublisher } from '@slipway/registries/pypi/publisher'
import { tarGz, zip } from '../unit/artifacts/archives.ts'
import { openBench, realPause, TIME_SCALE } from './sandbox.ts'
import { contract, type Remote, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

async function open(): Promise<Remote> {
  const { pypi } = bench.sandbox.description
  await bench.control.setPypiLag('pypi', 0)
  const name = bench.name()
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.0\nSummary: s\n\n# ${name}\n`
  const info = `${name}-1.0.0.dist-info`
  const wheel = (content: string) => {
    const bytes = zip({
      [`${name}/__init__.py`]: content,
      [`${info}/METADATA`]: metadata,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `${name}/__init__.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    })
    return bench.file('wheel', name, `${name}-1.0.0-py3-none-any.whl`, bytes)
  }
  const sdist = tarGz([
    { name: `${name}-1.0.0/PKG-INFO`, data: metadata },
    { name: `${name}-1.0.0/pyproject.toml`, data: '[project]\n' },
  ])
  const artifacts = [await wheel('one = 1\n'), await bench.file('sdist', name, `${name}-1.0.0.tar.gz`, sdist)]
  return {
    artifacts,
    altered: await wheel('other = 2\n'),
    http: fetchHttp,
    destinations: (ports) => {
      const to = { name: 'PyPI', isPyPI: true, web: null, username: '__token__', ...pypi }
      return [{ publisher: new PyPIPublisher(ports, to) }]
    },
    accepted: () => bench.accepted('pypi', artifacts, (each) => `file ${each.filename} `),
    lag: (milliseconds) => bench.control.setPypiLag('pypi', milliseconds / TIME_SCALE),
    onSleep: realPause,
  }
}

const routeOf = ({ method, url }: HttpRequest) => `${method} ${new URL(url).pathname.replaceAll(/case\d+x/g, '*')}`
contract('a package index', open, await record(open, routeOf), routeOf)
