import type { Ports } from '@slipway/core/ports'
import { type Dialect, messageAt, type Send, sender } from '../remote.ts'

/** A repository on GitHub or a GitHub Enterprise server, and the token for it. */
export interface GitHubRemote {
  /** Address of the REST API, without trailing slash. */
  api: string
  /** `owner/name` */
  repository: string
  token: string | null
}

const DIALECT: Dialect = {
  messageOf: (response) => {
    const message = messageAt(response, 'message')
    const detail = messageAt(response, 'errors', 0, 'message') ?? messageAt(response, 'errors', 0, 'code')
    return detail === null ? message : `${message}: ${detail}`
  },
  isTaken: (response, message) => response.status === 422 && /already_exists/.test(message),
}

/** Returns the address of a repository in the REST API, without trailing slash. */
export function repositoryAddress({ api, repository }: GitHubRemote): string {
  return `${api.replace(/\/$/, '')}/repos/${repository}`
}

/** Returns the function that sends requests to the REST API with a remote's token. */
export function sendAs(ports: Pick<Ports, 'http' | 'clock'>, { token }: GitHubRemote): Send {
  const send = sender(ports, DIALECT)
  return (request, expected) => {
    const headers: Record<string, string> = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...request.headers,
    }
    if (token) headers.authorization = `Bearer ${token}`
    return send({ ...request, headers }, expected)
  }
}
