import type { SandboxDescription } from '@slipway/core/sandbox'
import { milliseconds } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { json, type Route, type Service } from '../service.ts'
import { fulcio } from './fulcio.ts'
import { rekor } from './rekor.ts'
import { timestamping } from './timestamp.ts'
import { trustedRoot } from './trusted-root.ts'

/**
 * Sigstore's services: Fulcio certifies keys of workflows, Rekor logs their signatures, and a timestamp authority can
 * replace the log.
 */
export const sigstore: LocalRemote<SandboxDescription['sigstore']> = {
  services: ['fulcio', 'rekor', 'timestamp'],
  tokenPrefix: '',
  open({ folder, origin }) {
    const authority = fulcio({ folder, issuer: () => origin('oidc') })
    const log = rekor(folder)
    const clock = timestamping(folder)
    const root: Route['handle'] = async () => {
      const at = { fulcio: origin('fulcio'), rekor: origin('rekor'), timestamp: origin('timestamp') }
      return json(200, trustedRoot(folder, await authority.root(), clock.chains(), at))
    }
    const unknown: Service['unknown'] = () => json(404, { code: 404, message: 'Not Found' })
    return {
      services: [
        {
          name: 'fulcio',
          routes: [
            { method: 'POST', path: /^\/api\/v2\/signingCert$/, handle: authority.certify },
            { method: 'GET', path: /^\/trusted_root\.json$/, handle: root },
          ],
          unknown,
        },
        { name: 'rekor', routes: [{ method: 'POST', path: /^\/api\/v1\/log\/entries$/, handle: log.add }], unknown },
        {
          name: 'timestamp',
          routes: [{ method: 'POST', path: /^\/api\/v1\/timestamp$/, handle: clock.stamp }],
          unknown,
        },
      ],
      describe: (at) => ({
        fulcio: at('fulcio'),
        rekor: at('rekor'),
        timestamp: at('timestamp'),
        trustedRoot: `${at('fulcio')}/trusted_root.json`,
      }),
      controls: {
        'PUT ahead': (body) => {
          log.ahead = milliseconds(body)
        },
      },
    }
  },
}
