import type { Channel, RemoteDescription } from '../destination.ts'
import { MintedToken } from '../trusted/minted.ts'
import { askPyPI } from './inquiry.ts'
import { PyPIPublisher, type PyPITarget } from './publisher.ts'
import { indexExchange } from './trusted.ts'

const TEST: Channel & { name: 'testpypi' } = {
  name: 'testpypi',
  title: 'Test PyPI',
  variables: ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN'],
  undo: null,
  trusts: true,
  isTrial: true,
}

const REAL: Channel & { name: 'pypi' } = {
  name: 'pypi',
  title: 'PyPI',
  variables: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'],
  undo: null,
  trusts: true,
}

/** Test PyPI and PyPI; a step may name another index in place of PyPI. */
export const pypi: RemoteDescription = {
  kind: 'pypi',
  channels: [TEST, REAL],
  async destinations({ artifacts }, { ports, endpoints, tokens, identity, isOwn, index, attester }) {
    const files = artifacts.filter((each) => each.kind === 'wheel' || each.kind === 'sdist')
    if (files.length === 0) return []
    return [TEST, REAL].map(({ name: channel, title, undo }) => {
      const at = { name: title, isPyPI: true, ...endpoints[channel], username: '__token__' }
      const chosen = (channel === 'pypi' && index) || { ...at, token: tokens[channel] ?? null }
      const minted = () => {
        if (!identity) return null
        const exchange = indexExchange(ports, chosen, identity)
        return new MintedToken(exchange, ports.clock, (token) => identity.onToken(channel, token))
      }
      const target: PyPITarget = { ...chosen, token: chosen.token ?? minted(), ...(isOwn(channel) && { attester }) }
      const publisher = new PyPIPublisher(ports, target)
      return { channel, name: target.name, undo, publisher, artifacts: files, isForeign: !isOwn(channel) }
    })
  },
  inquire: askPyPI,
}
