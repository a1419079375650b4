import { normalizeName } from '@slipway/core/name'
import { answer, type Inquiry } from '../inquiry.ts'
import { jsonOf, messageAt, sender } from '../remote.ts'

/** The fields read of a project (PyPI, JSON API; warehouse/legacy/api/json.py). */
interface ProjectObject {
  info: { project_urls?: Record<string, unknown> | null; home_page?: unknown }
}

/** Queries the addresses that the newest version of a project on PyPI names, by label; none for a missing project. */
export function pypiProjectUrls(
  name: string,
  inquiry: Pick<Inquiry, 'ports' | 'endpoints'>,
): Promise<{ value: Record<string, string> } | { reason: string }> {
  return answer(inquiry, async (ports) => {
    const send = sender(ports, { messageOf: (response) => messageAt(response, 'message') })
    // The JSON API is beside the simple one.
    const url = new URL(`/pypi/${normalizeName(name)}/json`, inquiry.endpoints.pypi.simple).href
    const response = await send({ method: 'GET', url }, [200, 404])
    if (response.status === 404) return {}
    const { project_urls, home_page } = jsonOf<ProjectObject>(response).info
    const all = Object.entries({ Homepage: home_page, ...project_urls })
    return Object.fromEntries(all.filter((each): each is [string, string] => typeof each[1] === 'string'))
  })
}
