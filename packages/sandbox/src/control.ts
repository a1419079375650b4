import type { Sees } from './actions/state.ts'
import type { CargoPublisher } from './cargo/state.ts'
import type { RegisteredWorkflow } from './control-body.ts'
import type { FaultRule } from './fault.ts'
import type { AttestationMode } from './github/attestations.ts'
import type { Counters, LogEntry } from './log.ts'
import type { AuthMode } from './oci/account.ts'
import type { OciName } from './oci/registry.ts'

export type { CargoPublisher }

/** A workflow that may publish a project, as it is given to an index. */
export interface GivenPypiPublisher extends RegisteredWorkflow {
  project: string
  /** True when the project does not exist yet. */
  pending?: boolean
  /** When it was registered, in ISO 8601; now by default. A pending one is forgotten after 30 days. */
  created?: string
}

/** What can be told to, and asked from, a running sandbox. Every method throws an Error when the sandbox says no. */
export interface ControlClient {
  /** Lets requests meet a fault. Faults are forgotten when the sandbox ends. */
  setFault(rule: FaultRule): Promise<void>
  /** Forgets all faults. */
  clearFaults(): Promise<void>
  /** The requests after number `since` (all by default). Requests to the control service itself are not among them. */
  log(since?: number): Promise<LogEntry[]>
  counters(): Promise<Counters>
  /** From now on a publish shows up in cargo's index only after so long; the web API shows it at once. */
  setCargoLag(milliseconds: number): Promise<void>
  /** From now on an uploaded file shows up in the simple index only after so long. */
  setPypiLag(service: 'pypi' | 'testpypi', milliseconds: number): Promise<void>
  /** Removes a file as its owner would: its name can never be used again. */
  deletePypiFile(service: 'pypi' | 'testpypi', filename: string): Promise<void>
  /** The repository's setting "release immutability", for releases that are published from now on. */
  setImmutableReleases(repo: string, enabled: boolean): Promise<void>
  /** What a repository (`owner/name`) does with attestations from now on. */
  setAttestations(repo: string, mode: AttestationMode): Promise<void>
  /** From now on, until the sandbox ends, a registry asks so who calls; `token` is what it begins with. */
  setOciAuth(service: OciName, mode: AuthMode): Promise<void>
  /** Docker Hub's setting "immutable tags" of a repository: a tag that is there cannot name another image. */
  setImmutableTags(service: OciName, repository: string, enabled: boolean): Promise<void>
  /**
   * Makes the runtime token of a job. `sees` says what its attempt finds of earlier ones: "re-run failed jobs" finds
   * all (the default), "re-run all jobs" nothing. It counts for the whole attempt.
   */
  runtimeToken(job: { run: number; attempt?: number; job?: string; sees?: Sees }): Promise<string>
  /** From now on, until the sandbox ends, an artifact's name that an earlier attempt used is refused with 409. */
  setArtifactConflicts(enabled: boolean): Promise<void>
  /**
   * Sets the workflows that may publish crates by trusted publishing. One of a crate that was never published counts for
   * nothing: crates.io has none such (`reserveCrate` publishes one).
   */
  setCargoPublishers(publishers: readonly CargoPublisher[]): Promise<void>
  /** Lets a crate take new versions from trusted publishing alone, or from API tokens too. */
  setTrustpubOnly(name: string, enabled: boolean): Promise<void>
  /** Publishes an empty version 0.0.0 of a crate, as maintainers do to have its name. */
  reserveCrate(name: string): Promise<void>
  /** Binds API tokens (not trusted publishing) to crates.io's rate limits, which begin anew, or to none (the default). */
  setCargoLimits(enabled: boolean): Promise<void>
  /**
   * Sets the workflows that may publish projects by trusted publishing. A pending one makes its project when it is first
   * used; the project of another is made at once when it does not exist.
   */
  setPypiPublishers(service: 'pypi' | 'testpypi', publishers: readonly GivenPypiPublisher[]): Promise<void>
  /** Switches trusted publishing on (the default) or off for all of an index. */
  setTrustedPublishing(service: 'pypi' | 'testpypi', enabled: boolean): Promise<void>
  /** From now on the tokens that a registry gives for ID tokens are good for so long: 0 for tokens that have expired. */
  setTokenLifetime(service: 'cargo' | 'pypi' | 'testpypi', milliseconds: number): Promise<void>
  /** Sets the claims of ID tokens for the description's token; the others are made up to fit. */
  setClaims(claims: Readonly<Record<string, string>>): Promise<void>
  /** Makes a token that requests ID tokens with these claims: one a job. */
  idRequestToken(claims: Readonly<Record<string, string>>): Promise<string>
  /** From now on, until the sandbox ends, Rekor's clock is so much ahead: after ten minutes a certificate has expired. */
  setRekorAhead(milliseconds: number): Promise<void>
  /**
   * Addresses (without a trailing slash) that services use in URLs about themselves: what a proxy in front is seen at.
   * They take the place of all that were set before, and are forgotten when the sandbox ends.
   */
  setAddresses(addresses: Readonly<Record<string, string>>): Promise<void>
}

/** A client of the control service at an address (`description.control.url`). */
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
  const tell = async (method: string, path: string, body?: unknown) => {
    await ask(method, path, body)
  }
  const askToken = async (path: string, body: unknown) => ((await ask('POST', path, body)) as { token: string }).token
  return {
    setFault: (rule) => tell('POST', '/faults', rule),
    clearFaults: () => tell('DELETE', '/faults'),
    log: (since = 0) => ask('GET', `/log?since=${since}`) as Promise<LogEntry[]>,
    counters: () => ask('GET', '/counters') as Promise<Counters>,
    setCargoLag: (milliseconds) => tell('PUT', '/cargo/lag', { milliseconds }),
    setPypiLag: (service, milliseconds) => tell('PUT', `/${service}/lag`, { milliseconds }),
    deletePypiFile: (service, filename) => tell('POST', `/${service}/delete`, { filename }),
    setImmutableReleases: (repo, enabled) => tell('PUT', '/github/immutable', { repo, enabled }),
    setAttestations: (repo, mode) => tell('PUT', '/github/attestations', { repo, mode }),
    setOciAuth: (service, mode) => tell('PUT', `/${service}/auth`, { mode }),
    setImmutableTags: (service, repository, enabled) => tell('PUT', `/${service}/immutable`, { repository, enabled }),
    runtimeToken: (job) => askToken('/actions/token', job),
    setArtifactConflicts: (enabled) => tell('PUT', '/actions/conflicts', { enabled }),
    setCargoPublishers: (publishers) => tell('PUT', '/cargo/publishers', publishers),
    setTrustpubOnly: (name, enabled) => tell('PUT', '/cargo/trustpubOnly', { name, enabled }),
    reserveCrate: (name) => tell('PUT', '/cargo/placeholder', { name }),
    setCargoLimits: (enabled) => tell('PUT', '/cargo/limits', { enabled }),
    setPypiPublishers: (service, publishers) => tell('PUT', `/${service}/publishers`, publishers),
    setTrustedPublishing: (service, enabled) => tell('PUT', `/${service}/trustedPublishing`, { enabled }),
    setTokenLifetime: (service, milliseconds) => tell('PUT', `/${service}/tokenLifetime`, { milliseconds }),
    setClaims: (claims) => tell('PUT', '/oidc/claims', claims),
    idRequestToken: (claims) => askToken('/oidc/token', claims),
    setRekorAhead: (milliseconds) => tell('PUT', '/sigstore/ahead', { milliseconds }),
    setAddresses: (addresses) => tell('PUT', '/addresses', addresses),
  }
}
