import type { Clock, Http, HttpRequest, HttpResponse } from '@slipway/core/ports'

/** A registry's response; default: 200 with an empty body. */
export interface Said {
  status?: number
  headers?: Record<string, string>
  body?: string | object
}

/** A recorded request, with its body as text. */
export interface Heard extends Pick<HttpRequest, 'method' | 'url'> {
  headers: Record<string, string>
  text: string
}

/** Returns ports whose HTTP is answered by a function, and the recorded requests. An Error breaks the connection. */
export function answeredBy(answer: (request: Heard, n: number) => Said | Error | Promise<Said | Error>) {
  const heard: Heard[] = []
  const http: Http = async ({ method, url, headers = {}, body }) => {
    const text = body === undefined ? '' : await new Blob([body as Blob]).text()
    const request = { method, url, headers, text }
    heard.push(request)
    const said = await answer(request, heard.length - 1)
    if (said instanceof Error) throw said
    return responseOf(said)
  }
  const clock: Clock = { now: () => 0, sleep: async () => {} }
  return { http, clock, heard }
}

function responseOf({ status = 200, headers = {}, body = '' }: Said): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers, body: new TextEncoder().encode(text) }
}
