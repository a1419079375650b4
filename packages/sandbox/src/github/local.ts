import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag, text } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { gitHub } from './service.ts'
import { ATTESTATION_MODES } from './state.ts'

/** GitHub's API and git repositories. Asset bytes go to a separate origin, as at GitHub. */
export const github: LocalRemote<SandboxDescription['github']> = {
  services: ['github', 'uploads', 'git'],
  tokenPrefix: 'ghs_',
  open({ folder, token, origin }) {
    const api = gitHub({ folder, token, origin })
    return {
      services: [api.service, api.uploads, api.git],
      describe: (at) => ({ api: at('github'), uploads: at('uploads'), git: at('git'), token }),
      controls: {
        'PUT immutable': (body) => api.setImmutable(text(body, 'repo'), flag(body, 'enabled')),
        'PUT attestations': (body) => {
          const mode = ATTESTATION_MODES.find((each) => each === text(body, 'mode'))
          if (!mode) throw new Error(`mode must be one of ${ATTESTATION_MODES.join(', ')}.`)
          api.setAttestations(text(body, 'repo'), mode)
        },
      },
    }
  },
}
