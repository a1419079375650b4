import type { SandboxDescription } from '@slipway/core/sandbox'
import { entries, flag, milliseconds, text, workflow } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { pythonIndex } from './service.ts'
import type { PypiPublisher } from './state.ts'

/** Returns the imitation of PyPI or Test PyPI. */
export function packageIndex(name: 'pypi' | 'testpypi'): LocalRemote<SandboxDescription['pypi']> {
  return {
    services: [name],
    tokenPrefix: 'pypi-',
    open({ folder, token, origin }) {
      const index = pythonIndex({
        name,
        folder,
        token,
        issuer: () => origin('oidc'),
        trustedRoot: () => `${origin('fulcio')}/trusted_root.json`,
      })
      return {
        services: [index.service],
        describe: (at) => ({ upload: `${at(name)}/legacy/`, simple: `${at(name)}/simple/`, token }),
        controls: {
          'PUT lag': (body) => {
            index.lag = milliseconds(body)
          },
          'POST delete': (body) => index.remove(text(body, 'filename')),
          'PUT publishers': (body) => index.setPublishers(entries(body).map(publisher)),
          'PUT tokenLifetime': (body) => index.set({ tokenLifetime: milliseconds(body) }),
          'PUT trustedPublishing': (body) => index.set({ trustedPublishing: flag(body, 'enabled') }),
        },
      }
    },
  }
}

/** Reads one publisher of a list. */
function publisher(body: unknown): PypiPublisher {
  const { pending = false, created } = body as { pending?: unknown; created?: unknown }
  const time = created === undefined ? Date.now() : new Date(text(body, 'created')).getTime()
  if (Number.isNaN(time)) throw new Error('created must be a time, such as "2026-01-31T12:00:00Z".')
  if (typeof pending !== 'boolean') throw new Error('pending must be true or false.')
  const { environment, ...registered } = workflow(body)
  return {
    project: text(body, 'project'),
    ...registered,
    // PyPI stores environments in lower case (warehouse, oidc/forms/github.py).
    ...(environment && { environment: environment.toLowerCase() }),
    pending,
    created: time,
  }
}
