import type { HttpResponse, Ports } from '@slipway/core/ports'
import { DOWNLOAD_PAUSE_MS, DOWNLOAD_TIMEOUT_MS, DOWNLOAD_TRIES } from './limits.ts'

/** Returns whether a later request may succeed (RFC 9110, section 15.6). */
function isTemporary(status: number): boolean {
  return status >= 500 || status === 429 || status === 408
}

/**
 * Downloads a file, and tries again after a temporary failure.
 * @param saveTo the file to write; by default the body stays in memory
 * @throws Error with host, path and the reason, but without the query
 */
export async function download({ http, clock, log }: Ports, url: string, saveTo?: string): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await http({
      method: 'GET',
      url,
      timeout: DOWNLOAD_TIMEOUT_MS,
      ...(saveTo !== undefined && { saveTo }),
    }).catch((cause: unknown) => cause as Error)
    if (!(answer instanceof Error) && answer.status === 200) return answer
    const { host, pathname } = new URL(url)
    const failure = answer instanceof Error ? answer : new Error(`GET ${host}${pathname}: HTTP ${answer.status}`)
    if (attempt >= DOWNLOAD_TRIES || (!(answer instanceof Error) && !isTemporary(answer.status))) throw failure
    log.debug(`${failure.message}; trying again`)
    await clock.sleep(DOWNLOAD_PAUSE_MS * 2 ** (attempt - 1))
  }
}
