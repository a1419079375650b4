import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag, text } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { gitHub } from './service.ts'

/** GitHub's API. The bytes of assets go to an origin of their own, as at the public one. */
export const github: LocalRemote<SandboxDescription['github']> = {
  services: ['github', 'uploads'],
  tokenPrefix: 'ghs_',
  open({ folder, token, origin }) {
    const api = gitHub({ folder, token, origin })
    return {
      services: [api.service, api.uploads],
      describe: (at) => ({ api: at('github'), uploads: at('uploads'), token }),
      controls: { 'PUT immutable': (body) => api.setImmutable(text(body, 'repo'), flag(body, 'enabled')) },
    }
  },
}
