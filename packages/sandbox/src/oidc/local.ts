import type { SandboxDescription } from '@slipway/core/sandbox'
import type { LocalRemote } from '../local.ts'
import type { Claims } from './claims.ts'
import { oidcIssuer } from './issuer.ts'

/** GitHub's issuer of ID tokens. */
export const oidc: LocalRemote<SandboxDescription['oidc']> = {
  services: ['oidc'],
  tokenPrefix: '',
  open({ folder, token, origin }) {
    const issuer = oidcIssuer({ folder, token, address: () => origin('oidc') })
    return {
      services: [issuer.service],
      // Clients append `&audience=…`, so the address already has a query, as GitHub's has.
      describe: (at) => ({ issuer: at('oidc'), request: `${at('oidc')}/idtoken?api-version=2.0`, token }),
      controls: {
        'PUT claims': (body) => issuer.setClaims(claims(body)),
        'POST token': (body) => ({ token: issuer.issue(claims(body)) }),
      },
    }
  },
}

/** Reads the body as claims: an object of strings. */
function claims(body: unknown): Claims {
  const entries = Object.entries(body ?? {})
  const wrong = entries.find(([, value]) => typeof value !== 'string')
  if (wrong) throw new Error(`${wrong[0]} must be a string, like all claims of a job.`)
  return Object.fromEntries(entries) as Claims
}
