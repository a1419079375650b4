import type { SerializedBundle } from '@sigstore/bundle'
import { ask, type Patience, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { RemoteError, type RemoteFailure } from '@slipway/core/publisher'
import { sender } from '../remote.ts'
import { idToken } from '../trusted/id-token.ts'
import { STATEMENT_TYPE, type Statement } from './statement.ts'

/** A signature with all that verifies it (Sigstore, protobuf-specs: `Bundle`, as JSON). */
export type Bundle = SerializedBundle

/** Where signatures are made: an authority that certifies, and a log or a clock that says when. */
export interface SigningService {
  fulcio: string
  rekor?: string | undefined
  timestamp?: string | undefined
}

/** What signing needs. */
export interface Signing {
  ports: Pick<Ports, 'http' | 'clock' | 'env' | 'log'>
  service: SigningService
  /** Hides a secret. */
  mask(secret: string): void
  patience?: Patience
}

/** What the token of a job is for that Fulcio takes (Sigstore, docs/oidc in Fulcio). */
export const AUDIENCE = 'sigstore'

/** Milliseconds until one of the services must have answered. */
const TIMEOUT = 30_000

/** Patience for the question whether a service is there. */
const QUESTION: Patience = { deadline: 60_000, pause: 1_000, tries: 3 }

/**
 * Signs a statement keylessly: the job's ID token gets a certificate for a key that lives as long as this call.
 * A service that fails for a while is asked again, each time with a fresh key and token: tokens live five minutes.
 * @throws RemoteError when a service refuses, or stays silent
 */
export function signStatement(statement: Statement, signing: Signing): Promise<Bundle> {
  const { ports, patience = PUBLIC_PATIENCE } = signing
  return ask(() => signOnce(statement, signing), { ...ports, patience })
}

/**
 * Asks whether every service of signing answers, by requests that write nothing: any answer but a failure of the server's
 * own is one.
 * @throws RemoteError for the first that does not
 */
export async function reachSigning({ ports, service }: Signing): Promise<void> {
  const send = sender(ports, { messageOf: () => null })
  for (const url of [service.fulcio, service.rekor, service.timestamp]) {
    if (!url) continue
    const found = Array.from({ length: 300 }, (_, index) => 200 + index)
    await ask(() => send({ method: 'GET', url, timeout: TIMEOUT }, found), { ...ports, patience: QUESTION })
  }
}

async function signOnce(statement: Statement, { ports, service, mask }: Signing): Promise<Bundle> {
  const token = await idToken(ports, AUDIENCE)
  mask(token)
  // It brings an HTTP client along, which is loaded by those who sign only.
  const { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } = await import('@sigstore/sign')
  const { bundleToJSON } = await import('@sigstore/bundle')
  const once = { timeout: TIMEOUT, retry: false }
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

/** What of the library's errors is looked at. */
interface Failed {
  code?: unknown
  statusCode?: unknown
  message?: unknown
  cause?: unknown
}

/** A failure of the library as one of a remote. Its own errors may quote the token, so they are no cause. */
function failureOf(thrown: unknown): RemoteError {
  const { code, cause } = thrown as Failed
  const status = (cause as Failed | undefined)?.statusCode
  const doing = DOING[String(code)] ?? 'sign'
  if (typeof status === 'number') {
    // The library begins its messages with the status in brackets.
    const said = String((cause as Failed).message).replace(/^\(\d+\) /, '')
    return new RemoteError(
      failureFor(status),
      `could not ${doing}: HTTP ${status}: ${said.slice(0, LONGEST_MESSAGE)}`,
      {
        status,
      },
    )
  }
  const why = (cause as Failed | undefined)?.code ?? 'no answer that can be read'
  return new RemoteError('doubtful', `could not ${doing}: ${why}`)
}

const LONGEST_MESSAGE = 500

/** What the library was doing, by the codes of its errors (`@sigstore/sign`, error.ts). */
const DOING: Readonly<Record<string, string>> = {
  CA_CREATE_SIGNING_CERTIFICATE_ERROR: 'get a certificate',
  TLOG_CREATE_ENTRY_ERROR: 'log the signature',
  TLOG_FETCH_ENTRY_ERROR: 'log the signature',
  TSA_CREATE_TIMESTAMP_ERROR: 'get a time stamp',
  IDENTITY_TOKEN_PARSE_ERROR: 'read the ID token',
}

function failureFor(status: number): RemoteFailure {
  if (status === 429) return 'limited'
  if (status >= 500 || status === 408) return 'doubtful'
  return status === 401 || status === 403 ? 'denied' : 'refused'
}
