import type { SandboxDescription } from '@slipway/core/sandbox'
import type { LocalRemote } from '../local.ts'
import { json, type Request, type Service } from '../service.ts'
import { Store, sha256 } from '../store.ts'

/** An archive of plain files: a name is taken once, by the one who has the token. */
export const archive: LocalRemote<SandboxDescription['archive']> = {
  services: ['archive'],
  tokenPrefix: 'arc_',
  open({ folder, token }) {
    const store = new Store<Record<string, string>>(folder, {})
    const isOwner = (request: Request) => request.headers.authorization === `Bearer ${token}`
    const path = /^\/files\/(?<name>[^/]+)$/
    const service: Service = {
      name: 'archive',
      unknown: () => json(404, { message: 'there is nothing here' }),
      routes: [
        { method: 'GET', path: /^\/login$/, handle: (request) => ({ status: isOwner(request) ? 204 : 401 }) },
        {
          method: 'GET',
          path,
          handle: (_, { name = '' }) => {
            const held = store.state[name]
            return held ? json(200, { sha256: held }) : json(404, { message: 'there is no such file' })
          },
        },
        {
          method: 'PUT',
          path,
          upload: true,
          handle: (request, { name = '' }) => {
            if (!isOwner(request)) return json(401, { message: 'who are you?' })
            if (store.state[name]) return json(409, { message: 'the file is there' })
            store.change((state) => {
              state[name] = sha256(request.body)
            })
            return { ...json(201, {}), effect: `file ${name} kept` }
          },
        },
      ],
    }
    return { services: [service], describe: (at) => ({ url: at('archive'), token }), controls: {} }
  },
}
