import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { MAX_REQUESTS_PER_HOUR } from '../limits.ts'
import { type Answer, json, type Service } from '../service.ts'
import { Store } from '../store.ts'
import { assetRoutes, downloadRoute, uploadRoutes } from './assets.ts'
import { attestationRoutes, setMode } from './attestations.ts'
import { type Call, notFound, repositoryRoute, type Setting } from './call.ts'
import { gitService } from './git.ts'
import { refRoutes } from './refs.ts'
import { releaseRoutes } from './releases.ts'
import { repositoryShape } from './shape.ts'
import { type AttestationMode, look, repository, type State } from './state.ts'

/** The part of GitHub's API that releases need. */
export interface GitHub {
  service: Service
  /** The origin for asset bytes. */
  uploads: Service
  /** The service for git clones and pushes. */
  git: Service
  /** Sets a repository's (`owner/name`) release immutability. */
  setImmutable(repo: string, enabled: boolean): void
  /** Sets how a repository (`owner/name`) answers attestations. */
  setAttestations(repo: string, mode: AttestationMode): void
}

const HOUR = 60 * 60 * 1000

/** Makes the services, with their state in a folder. Every repository exists once it is named, and is public. */
export function gitHub(options: { folder: string } & Omit<Setting, 'store'>): GitHub {
  const store = new Store<State>(options.folder, { repositories: {}, lastId: 0 })
  const setting: Setting = { store, token: options.token, origin: options.origin }
  const routes = [
    repositoryRoute(setting, 'GET', '', 'read', (call) =>
      json(200, repositoryShape(call, look(store.state, call.owner, call.name)), scopesOf(call, setting.token)),
    ),
    ...releaseRoutes(setting),
    ...assetRoutes(setting),
    ...refRoutes(setting),
    ...attestationRoutes(setting),
    downloadRoute(setting),
  ]
  const common = { unknown: () => notFound().answer, dress: commonHeaders() }
  return {
    service: { name: 'github', routes, ...common },
    uploads: { name: 'uploads', routes: uploadRoutes(setting), ...common },
    git: gitService(setting, join(options.folder, 'git')),
    setImmutable: (repo, enabled) =>
      store.change((state) => {
        repository(state, ...named(repo)).immutableReleases = enabled
      }),
    setAttestations: (repo, mode) => store.change((state) => setMode(state, ...named(repo), mode)),
  }
}

/**
 * Splits a repository's name.
 * @throws Error that the client sees
 */
function named(repo: string): [owner: string, name: string] {
  const [owner, name, ...rest] = repo.split('/')
  if (!owner || !name || rest.length > 0) throw new Error(`${repo} is not of the form owner/name.`)
  return [owner, name]
}

/** Returns the scopes header, which only classic tokens get (GitHub, "Scopes for OAuth apps"). */
function scopesOf(call: Call, token: string): Record<string, string> {
  return call.signedIn && token.startsWith('ghp_') ? { 'x-oauth-scopes': 'repo, workflow' } : {}
}

/**
 * Returns a function that adds the headers of every answer. The rate limit is only counted; faults simulate reaching
 * it.
 */
function commonHeaders(): (answer: Answer) => Answer {
  let used = 0
  let reset = Date.now() + HOUR
  return (answer) => {
    if (Date.now() > reset) {
      used = 0
      reset = Date.now() + HOUR
    }
    used += 1
    const headers = {
      'x-github-request-id': randomBytes(10).toString('hex').toUpperCase(),
      'x-github-media-type': 'github.v3; format=json',
      'x-ratelimit-limit': String(MAX_REQUESTS_PER_HOUR),
      'x-ratelimit-remaining': String(Math.max(0, MAX_REQUESTS_PER_HOUR - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.floor(reset / 1000)),
      'x-ratelimit-resource': 'core',
    }
    return { ...answer, headers: { ...headers, ...answer.headers } }
  }
}
