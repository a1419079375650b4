import type { Sees } from './actions/state.ts'
import type { CargoPublisher } from './cargo/state.ts'
import type { RegisteredWorkflow } from './control-body.ts'
import type { FaultRule } from './fault.ts'
import type { AttestationMode } from './github/state.ts'
import type { Counters, LogEntry } from './log.ts'
import type { AuthMode } from './oci/auth.ts'
import type { OciName } from './oci/registry.ts'

export type { CargoPublisher }

/** A workflow that may publish a project, in the form that an index takes. */
export interface GivenPypiPublisher extends RegisteredWorkflow {
  project: string
  /** True if the project does not exist yet. */
  pending?: boolean
  /** Time of registration, in ISO 8601; now by default. A pending publisher expires after 30 days. */
  created?: string
}

/** The commands and queries of a running sandbox. Every method throws an Error when the sandbox refuses. */
export interface ControlClient {
  /** Makes requests meet a fault. Faults end with the sandbox. */
  setFault(rule: FaultRule): Promise<void>
  /** Removes all faults. */
  clearFaults(): Promise<void>
  /** Returns the requests after number `since` (all by default), without those to the control service. */
  log(since?: number): Promise<LogEntry[]>
  counters(): Promise<Counters>
  /** Delays new crates in cargo's index; the web API shows them at once. */
  setCargoLag(milliseconds: number): Promise<void>
  /** Delays new files in the simple index. */
  setPypiLag(service: 'pypi' | 'testpypi', milliseconds: number): Promise<void>
  /** Deletes a file as its owner would: its name can never be used again. */
  deletePypiFile(service: 'pypi' | 'testpypi', filename: string): Promise<void>
  /** Sets a repository's "release immutability" for releases published from now on. */
  setImmutableReleases(repo: string, enabled: boolean): Promise<void>
  /** Sets how a repository (`owner/name`) answers attestations from now on. */
  setAttestations(repo: string, mode: AttestationMode): Promise<void>
  /** Sets how a registry authenticates callers, until the sandbox ends. */
  setOciAuth(service: OciName, mode: AuthMode): Promise<void>
  /** Sets Docker Hub's "immutable tags" of a repository: an existing tag cannot name another image. */
  setImmutableTags(service: OciName, repository: string, enabled: boolean): Promise<void>
  /**
   * Makes the runtime token of a job. `sees` says which artifacts of earlier attempts this one finds: after "re-run
   * failed jobs" all (the default), after "re-run all jobs" none. It applies to the whole attempt.
   */
  runtimeToken(job: { run: number; attempt?: number; job?: string; sees?: Sees }): Promise<string>
  /** Refuses with 409, until the sandbox ends, an artifact name used by an earlier attempt. */
  setArtifactConflicts(enabled: boolean): Promise<void>
  /**
   * Sets the trusted publishers of crates. crates.io ignores a publisher of a crate that was never published
   * (`reserveCrate` publishes one).
   */
  setCargoPublishers(publishers: readonly CargoPublisher[]): Promise<void>
  /** Makes a crate accept new versions from trusted publishing alone, or from API tokens too. */
  setTrustpubOnly(name: string, enabled: boolean): Promise<void>
  /** Publishes an empty version 0.0.0 of a crate, as maintainers do to reserve its name. */
  reserveCrate(name: string): Promise<void>
  /**
   * Applies crates.io's rate limits to API tokens, starting anew, or lifts them (the default). Trusted publishing is
   * never limited.
   */
  setCargoLimits(enabled: boolean): Promise<void>
  /**
   * Sets the trusted publishers of projects. A pending publisher creates its project on first use; the project of any
   * other is created at once if missing.
   */
  setPypiPublishers(service: 'pypi' | 'testpypi', publishers: readonly GivenPypiPublisher[]): Promise<void>
  /** Switches trusted publishing on (the default) or off for a whole index. */
  setTrustedPublishing(service: 'pypi' | 'testpypi', enabled: boolean): Promise<void>
  /** Sets the lifetime of tokens that a registry issues for ID tokens; 0 makes them expired at once. */
  setTokenLifetime(service: 'cargo' | 'pypi' | 'testpypi', milliseconds: number): Promise<void>
  /** Sets the claims of ID tokens for the description's token; missing claims get fitting values. */
  setClaims(claims: Readonly<Record<string, string>>): Promise<void>
  /** Makes a request token for ID tokens with these claims, one per job. */
  idRequestToken(claims: Readonly<Record<string, string>>): Promise<string>
  /** Sets Rekor's clock ahead until the sandbox stops; after ten minutes a certificate has expired. */
  setRekorAhead(milliseconds: number): Promise<void>
  /**
   * Sets the addresses (without a trailing slash) that services write into their own URLs, such as that of a proxy in
   * front. They replace all earlier ones, and last until the sandbox stops.
   */
  setAddresses(addresses: Readonly<Record<string, string>>): Promise<void>
}

/** Returns a client of the control service at an address (`description.control.url`). */
export function controlClient(url: string): ControlClient {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
  const send = async (method: string, path: string, body?: unknown) => {
    await ask(method, path, body)
  }
  const askToken = async (path: string, body: unknown) => ((await ask('POST', path, body)) as { token: string }).token
  return {
    setFault: (rule) => send('POST', '/faults', rule),
    clearFaults: () => send('DELETE', '/faults'),
    log: (since = 0) => ask('GET', `/log?since=${since}`) as Promise<LogEntry[]>,
    counters: () => ask('GET', '/counters') as Promise<Counters>,
    setCargoLag: (milliseconds) => send('PUT', '/cargo/lag', { milliseconds }),
    setPypiLag: (service, milliseconds) => send('PUT', `/${service}/lag`, { milliseconds }),
    deletePypiFile: (service, filename) => send('POST', `/${service}/delete`, { filename }),
    setImmutableReleases: (repo, enabled) => send('PUT', '/github/immutable', { repo, enabled }),
    setAttestations: (repo, mode) => send('PUT', '/github/attestations', { repo, mode }),
    setOciAuth: (service, mode) => send('PUT', `/${service}/auth`, { mode }),
    setImmutableTags: (service, repository, enabled) => send('PUT', `/${service}/immutable`, { repository, enabled }),
    runtimeToken: (job) => askToken('/actions/token', job),
    setArtifactConflicts: (enabled) => send('PUT', '/actions/conflicts', { enabled }),
    setCargoPublishers: (publishers) => send('PUT', '/cargo/publishers', publishers),
    setTrustpubOnly: (name, enabled) => send('PUT', '/cargo/trustpubOnly', { name, enabled }),
    reserveCrate: (name) => send('PUT', '/cargo/placeholder', { name }),
    setCargoLimits: (enabled) => send('PUT', '/cargo/limits', { enabled }),
    setPypiPublishers: (service, publishers) => send('PUT', `/${service}/publishers`, publishers),
    setTrustedPublishing: (service, enabled) => send('PUT', `/${service}/trustedPublishing`, { enabled }),
    setTokenLifetime: (service, milliseconds) => send('PUT', `/${service}/tokenLifetime`, { milliseconds }),
    setClaims: (claims) => send('PUT', '/oidc/claims', claims),
    idRequestToken: (claims) => askToken('/oidc/token', claims),
    setRekorAhead: (milliseconds) => send('PUT', '/sigstore/ahead', { milliseconds }),
    setAddresses: (addresses) => send('PUT', '/addresses', addresses),
  }
}
