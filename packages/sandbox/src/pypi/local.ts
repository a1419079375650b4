import type { SandboxDescription } from '@slipway/core/sandbox'
import { milliseconds, text } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { pythonIndex } from './service.ts'

/** PyPI or Test PyPI. */
export function packageIndex(name: 'pypi' | 'testpypi'): LocalRemote<SandboxDescription['pypi']> {
  return {
    services: [name],
    tokenPrefix: 'pypi-',
    open({ folder, token }) {
      const index = pythonIndex({ name, folder, token })
      return {
        services: [index.service],
        describe: (at) => ({ upload: `${at(name)}/legacy/`, simple: `${at(name)}/simple/`, token }),
        controls: {
          'PUT lag': (body) => {
            index.lag = milliseconds(body)
          },
          'POST delete': (body) => index.remove(text(body, 'filename')),
        },
      }
    },
  }
}
