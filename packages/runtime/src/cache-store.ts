import { openAsBlob } from 'node:fs'
import type { CacheKey, CacheStore } from '@slipway/core/cache-store'
import type { HttpRequest, HttpResponse, Ports } from '@slipway/core/ports'
import { isEnterpriseServer } from './artifact-store.ts'
import {
  CACHE_PAUSE_MS,
  CACHE_REQUEST_TIMEOUT_MS,
  CACHE_TRANSFER_TIMEOUT_MS,
  CACHE_TRIES,
  MAX_CACHE_BYTES,
} from './limits.ts'

/** The methods of the service (@actions/cache 6, `generated/results/api/v1/cache.ts`). */
const SERVICE = 'twirp/github.actions.results.api.v1.CacheService'

/** An answer of the service. The JSON of Protocol Buffers may spell names in either way. */
type Answer = Record<string, unknown>

/**
 * Returns the cache service of the running workflow, or null when the runner has none: on servers other than GitHub's clouds, and
 * outside of workflows.
 */
export function workflowCache(ports: Pick<Ports, 'env' | 'http' | 'clock' | 'log'>): CacheStore | null {
  const { ACTIONS_RESULTS_URL: base, ACTIONS_RUNTIME_TOKEN: token, ACTIONS_CACHE_SERVICE_V2: isV2 } = ports.env
  if (!base || !token || !isV2 || isEnterpriseServer(ports.env.GITHUB_SERVER_URL)) return null
  const call = async (method: string, body: Record<string, unknown>): Promise<Answer> => {
    const answer = await send(ports, method, () => ({
      method: 'POST',
      url: new URL(`${SERVICE}/${method}`, base.endsWith('/') ? base : `${base}/`).href,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: new TextEncoder().encode(JSON.stringify(body)),
      timeout: CACHE_REQUEST_TIMEOUT_MS,
    }))
    // A second job that saves the same key.
    if (answer.status === 409) return { ok: false }
    if (answer.status !== 200) throw new Error(`${method}: HTTP ${answer.status}${messageOf(answer)}`)
    return JSON.parse(new TextDecoder().decode(answer.body)) as Answer
  }
  return {
    restore: (entry, saveTo) => restore(ports, call, entry, saveTo),
    save: (entry, file) => save(ports, call, entry, file),
  }
}

type Call = (method: string, body: Record<string, unknown>) => Promise<Answer>

/** Sends a request, and again after a temporary failure. */
async function send(
  { http, clock, log }: Pick<Ports, 'http' | 'clock' | 'log'>,
  what: string,
  request: () => HttpRequest,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await http(request()).catch((cause: unknown) => cause as Error)
    const isFailed = answer instanceof Error || answer.status >= 500
    if (!isFailed || attempt >= CACHE_TRIES) {
      if (answer instanceof Error) throw answer
      return answer
    }
    log.debug(`${what}: ${answer instanceof Error ? answer.message : `HTTP ${answer.status}`}; trying again`)
    await clock.sleep(CACHE_PAUSE_MS * 2 ** (attempt - 1))
  }
}

/** Returns the message of a failed call (Twirp's wire protocol, "Errors"). */
function messageOf({ body }: HttpResponse): string {
  try {
    const { msg } = JSON.parse(new TextDecoder().decode(body)) as { msg?: unknown }
    return typeof msg === 'string' ? `: ${msg}` : ''
  } catch {
    return ''
  }
}

async function restore(
  ports: Parameters<typeof send>[0],
  call: Call,
  entry: CacheKey,
  saveTo: string,
): Promise<string | null> {
  const { key, prefixes, version } = entry
  const found = await call('GetCacheEntryDownloadURL', { key, restore_keys: prefixes, version })
  const url = found.signed_download_url ?? found.signedDownloadUrl
  if (found.ok !== true || typeof url !== 'string') return null
  const answer = await send(ports, 'download', () => ({
    method: 'GET',
    url,
    saveTo,
    timeout: CACHE_TRANSFER_TIMEOUT_MS,
  }))
  if (answer.status !== 200) throw new Error(`the download of the entry answered HTTP ${answer.status}`)
  return String(found.matched_key ?? found.matchedKey ?? key)
}

async function save(
  ports: Parameters<typeof send>[0],
  call: Call,
  entry: Pick<CacheKey, 'key' | 'version'>,
  file: string,
): Promise<boolean> {
  const { key, version } = entry
  const body = await openAsBlob(file)
  if (body.size > MAX_CACHE_BYTES)
    throw new Error(`the entry has ${Math.ceil(body.size / 2 ** 20)} MiB, more than one upload may have`)
  const created = await call('CreateCacheEntry', { key, version })
  const url = created.signed_upload_url ?? created.signedUploadUrl
  if (created.ok !== true || typeof url !== 'string') {
    const denied = typeof created.message === 'string' && /denied/.test(created.message)
    if (denied) throw new Error(String(created.message))
    return false
  }
  // One request (Azure's REST API, "Put Blob").
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' }
  const answer = await send(ports, 'upload', () => ({
    method: 'PUT',
    url,
    headers,
    body,
    timeout: CACHE_TRANSFER_TIMEOUT_MS,
  }))
  if (answer.status !== 201) throw new Error(`the upload of the entry answered HTTP ${answer.status}`)
  const { ok } = await call('FinalizeCacheEntryUpload', { key, version, size_bytes: String(body.size) })
  if (ok !== true) throw new Error('the service did not accept the uploaded entry')
  return true
}
