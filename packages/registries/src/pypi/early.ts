import { normalizeName } from '@slipway/core/name'
import type { Http, HttpResponse, Ports } from '@slipway/core/ports'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { PyPIClient } from './client.ts'

/**
 * Queries an index for the projects of files before these are read, so that the answer travels while they are hashed.
 * Sends no login.
 * @param names file names, of wheels and sdists among others
 * @param over ends the queries that still wait for their answer: it keeps the process alive
 * @returns an http port that gives each of these answers to the first query for it
 */
export function queriedEarly(
  { http, clock }: Pick<Ports, 'http' | 'clock'>,
  simple: string,
  names: Promise<readonly string[]>,
  over: AbortSignal,
): Http {
  const answers = new Map<string, Promise<HttpResponse>>()
  const kept: Http = (request) => {
    const answer = http({ ...request, signal: over })
    answers.set(request.url, answer)
    return answer
  }
  const client = new PyPIClient({ http: kept, clock }, { simple, upload: '', username: '', token: null })
  // Whoever takes an answer handles its failure; a folder that cannot be listed is reported where it is read.
  const ignore = () => {}
  names.then((all) => {
    for (const each of projectsIn(all)) client.files(each).catch(ignore)
  }, ignore)
  return (request) => {
    const answer = request.method === 'GET' ? answers.get(request.url) : undefined
    answers.delete(request.url)
    return answer ?? http(request)
  }
}

/** Returns the normalized names of the projects of files. */
function projectsIn(names: readonly string[]): Set<string> {
  const parsed = names.flatMap((each) => parseWheelFilename(each) ?? parseSdistFilename(each) ?? [])
  return new Set(parsed.map((each) => normalizeName(each.distribution)))
}
