import type { Channel, RemoteDescription } from '../destination.ts'
import { askPyPI } from './inquiry.ts'
import { PyPIPublisher, type PyPITarget } from './publisher.ts'

const TEST: Channel & { name: 'testpypi' } = {
  name: 'testpypi',
  title: 'Test PyPI',
  variables: ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN'],
  undo: null,
  isTrial: true,
}

const REAL: Channel & { name: 'pypi' } = {
  name: 'pypi',
  title: 'PyPI',
  variables: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'],
  undo: null,
}

/** Test PyPI and PyPI, or in place of PyPI the index that a step names. */
export const pypi: RemoteDescription = {
  kind: 'pypi',
  channels: [TEST, REAL],
  async destinations({ artifacts }, { ports, endpoints, tokens, isOwn, index }) {
    const files = artifacts.filter((each) => each.kind === 'wheel' || each.kind === 'sdist')
    if (files.length === 0) return []
    return [TEST, REAL].map(({ name: channel, title, undo }) => {
      const at = { name: title, isPyPI: true, ...endpoints[channel], username: '__token__' }
      const own: PyPITarget = { ...at, token: tokens[channel] ?? null }
      const target = channel === 'pypi' ? (index ?? own) : own
      const publisher = new PyPIPublisher(ports, target)
      return { channel, name: target.name, undo, publisher, artifacts: files, isForeign: !isOwn(channel) }
    })
  },
  inquire: askPyPI,
}
