import { fetchHttp } from '@slipway/core/effects/http'
import type { HttpRequest } from '@slipway/core/ports'
import { PyPIPublisher } from '@slipway/registries/pypi/publisher'
import { tarGz, zip } from '../unit/artifacts/archives.ts'
import { type Bench, realPause, TIME_SCALE } from './sandbox.ts'
import type { Remote } from './suite.ts'

/** Opens a new project of a package index. @param wheels how many wheels its release has, beside the sdist */
export async function pypiRemote(bench: Bench, wheels = 1): Promise<Remote> {
  const { pypi } = bench.sandbox.description
  await bench.control.setPypiLag('pypi', 0)
  const name = bench.name()
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.0\nSummary: s\n\n# ${name}\n`
  const info = `${name}-1.0.0.dist-info`
  const wheel = (content: string, python = 'py3') => {
    const bytes = zip({
      [`${name}/__init__.py`]: content,
      [`${info}/METADATA`]: metadata,
      [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: ${python}-none-any\n`,
      [`${info}/RECORD`]: `${name}/__init__.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    })
    return bench.file('wheel', name, `${name}-1.0.0-${python}-none-any.whl`, bytes)
  }
  const sdist = tarGz([
    { name: `${name}-1.0.0/PKG-INFO`, data: metadata },
    { name: `${name}-1.0.0/pyproject.toml`, data: '[project]\n' },
  ])
  const others = Array.from({ length: wheels - 1 }, (_, index) => wheel('one = 1\n', `py3${index + 8}`))
  const built = await Promise.all([wheel('one = 1\n'), ...others])
  const artifacts = [...built, await bench.file('sdist', name, `${name}-1.0.0.tar.gz`, sdist)]
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

/** Returns the route of a request to a package index. */
export function pypiRoute({ method, url }: HttpRequest): string {
  return `${method} ${new URL(url).pathname.replaceAll(/case\d+x/g, '*')}`
}
