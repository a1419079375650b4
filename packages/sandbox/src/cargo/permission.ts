import type { Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { take } from './limits.ts'
import { authorize, credential, demandTemporary, TEMPORARY } from './login.ts'
import { refusal } from './publish.ts'
import { collisionName, type State } from './state.ts'

/** The parts of the registry that decide who may publish. */
export interface Permission {
  store: Store<State>
  /** The user's API token. */
  token: string
  /** Whether a crate was ever published, here or upstream. */
  exists(name: string): Promise<boolean>
}

/**
 * Demands permission to publish a crate, by the user's API token or by a temporary token of trusted publishing
 * (crates.io, src/controllers/krate/publish.rs). Rate limits apply to users only.
 * @throws Refusal 401, 403 or 429
 */
export async function demandPublisher(request: Request, name: string, by: Permission): Promise<void> {
  const token = credential(request)
  if (token?.startsWith(TEMPORARY)) return demandTrusted(token, name, by)
  authorize(request, by.token)
  const { trustpubOnly, limits } = by.store.state
  const isTrustpubOnly = trustpubOnly.includes(collisionName(name))
  if (!isTrustpubOnly && limits === null) return
  const exists = await by.exists(name)
  if (isTrustpubOnly && exists) {
    // crates.io names the address of its documentation here.
    throw refusal(
      403,
      'New versions of this crate can only be published using Trusted Publishing (see its documentation).',
    )
  }
  const limited = by.store.change((state) => state.limits && take(state.limits, exists ? 'update' : 'new', Date.now()))
  if (limited) throw limited
}

/** Demands a temporary token for an existing crate. */
async function demandTrusted(token: string, name: string, { store, exists }: Permission): Promise<void> {
  demandTemporary(token)
  if (!(await exists(name))) {
    throw refusal(
      403,
      'Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first',
    )
  }
  const found = store.state.tokens[sha256(token)]
  if (!found || found.expiresAt <= Date.now()) throw refusal(403, 'Invalid authentication token')
  if (found.crates.includes(collisionName(name))) return
  const known = store.state.crates[collisionName(name)]?.name ?? name
  throw refusal(403, `The provided access token is not valid for crate \`${known}\``)
}
