import type { SerializedBundle } from '@sigstore/bundle'
import { ask, type Patience, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import type { SigningService } from '../endpoints.ts'
import { MAX_QUOTED_SIGNING_CHARACTERS, SIGNING_TIMEOUT_MS } from '../limits.ts'
import { failureOfStatus, sender } from '../remote.ts'
import { idToken } from '../trusted/id-token.ts'
import { STATEMENT_TYPE, type Statement } from './statement.ts'

/** A signature with everything needed to verify it (Sigstore, protobuf-specs: `Bundle`, as JSON). */
export type Bundle = SerializedBundle

/** Dependencies and options of signing. */
export interface Signing {
  ports: Pick<Ports, 'http' | 'clock' | 'env' | 'log'>
  service: SigningService
  /** Hides a secret. */
  mask(secret: string): void
  patience?: Patience
}

/** The audience of the ID tokens that Fulcio accepts (Sigstore, docs/oidc in Fulcio). */
export const AUDIENCE = 'sigstore'

/** Patience of the query whether a service is up. */
const QUESTION: Patience = { deadline: 60_000, pause: 1_000, tries: 3 }

/**
 * Signs a statement keylessly: the job's ID token gets a certificate for a key that exists only during this call.
 * Retries a failing service with a fresh key and token each time, since tokens live five minutes.
 * @throws RemoteError when a service refuses or does not answer
 */
export function signStatement(statement: Statement, signing: Signing): Promise<Bundle> {
  const { ports, patience = PUBLIC_PATIENCE } = signing
  return ask(() => signOnce(statement, signing), { ...ports, patience })
}

/**
 * Checks with read-only requests that every signing service is up: any answer below status 500 counts.
 * @throws RemoteError for the first one that is down
 */
export async function reachSigning({ ports, service }: Signing): Promise<void> {
  const send = sender(ports, { messageOf: () => null })
  for (const url of [service.fulcio, service.rekor, service.timestamp]) {
    if (!url) continue
    const found = Array.from({ length: 300 }, (_, index) => 200 + index)
    await ask(() => send({ method: 'GET', url, timeout: SIGNING_TIMEOUT_MS }, found), {
      ...ports,
      patience: QUESTION,
    })
  }
}

async function signOnce(statement: Statement, { ports, service, mask }: Signing): Promise<Bundle> {
  const token = await idToken(ports, AUDIENCE)
  mask(token)
  // The library brings an HTTP client along; load it only to sign.
  const { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } = await import('@sigstore/sign')
  const { bundleToJSON } = await import('@sigstore/bundle')
  const once = { timeout: SIGNING_TIMEOUT_MS, retry: false }
  const signer = new FulcioSigner({
    ...once,
    fulcioBaseURL: service.fulcio,
    identityProvider: { getToken: async () => token },
  })
  const witnesses = [
    ...(service.rekor ? [new RekorWitness({ ...once, rekorBaseURL: service.rekor, fetchOnConflict: true })] : []),
    ...(service.timestamp ? [new TSAWitness({ ...once, tsaBaseURL: service.timestamp })] : []),
  ]
  const data = Buffer.from(JSON.stringify(statement))
  try {
    return bundleToJSON(await new DSSEBundleBuilder({ signer, witnesses }).create({ data, type: STATEMENT_TYPE }))
  } catch (cause) {
    throw failureOf(cause)
  }
}

/** The fields read from the library's errors. */
interface LibraryError {
  code?: unknown
  statusCode?: unknown
  message?: unknown
  cause?: unknown
}

/** Converts an error of the library to a RemoteError, without a cause: the library's errors may quote the token. */
function failureOf(thrown: unknown): RemoteError {
  const { code, cause } = thrown as LibraryError
  const status = (cause as LibraryError | undefined)?.statusCode
  const doing = DOING[String(code)] ?? 'sign'
  if (typeof status === 'number') {
    // The library begins its messages with the status in brackets.
    const said = String((cause as LibraryError).message).replace(/^\(\d+\) /, '')
    return new RemoteError(
      failureOfStatus(status),
      `could not ${doing}: HTTP ${status}: ${said.slice(0, MAX_QUOTED_SIGNING_CHARACTERS)}`,
      {
        status,
      },
    )
  }
  const why = (cause as LibraryError | undefined)?.code ?? 'no readable answer'
  return new RemoteError('doubtful', `could not ${doing}: ${why}`)
}

/** What the library was doing, by its error codes (`@sigstore/sign`, error.ts). */
const DOING: Readonly<Record<string, string>> = {
  CA_CREATE_SIGNING_CERTIFICATE_ERROR: 'get a certificate',
  TLOG_CREATE_ENTRY_ERROR: 'log the signature',
  TLOG_FETCH_ENTRY_ERROR: 'log the signature',
  TSA_CREATE_TIMESTAMP_ERROR: 'get a time stamp',
  IDENTITY_TOKEN_PARSE_ERROR: 'read the ID token',
}
