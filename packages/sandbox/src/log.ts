import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** A finished request to a service. It never contains credentials of a client. */
export interface LogEntry {
  /** Number of the request, from 1 over the life of the folder. */
  n: number
  /** Milliseconds since the epoch. */
  at: number
  service: string
  method: string
  /** Path with the query. */
  path: string
  /** 0 if no answer was sent. */
  status: number
  /** The change it made (`crate a 0.1.0 published`), or null. */
  effect: string | null
  /** Received bytes of the request's body, also if it was refused. */
  bodyBytes: number
  /** True for a route that takes an artifact's bytes. */
  upload: boolean
  /** True if the service answered with 2xx, whether or not the answer arrived. */
  accepted: boolean
}

/** Sums over the life of the folder. */
export interface Counters {
  requests: number
  /** Received body bytes on upload routes. */
  uploadBytes: number
}

/** The log of a sandbox: in memory, and in a file with one JSON line per request. */
export class RequestLog {
  readonly #file: string
  readonly #entries: LogEntry[]
  readonly #onRequest: ((entry: LogEntry) => void) | undefined

  /** Takes the file, which is read if it exists, and a listener for new entries. */
  constructor(file: string, onRequest?: (entry: LogEntry) => void) {
    this.#file = file
    this.#onRequest = onRequest
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    this.#entries = text.split('\n').flatMap(parsed)
    // A line cut off by a kill must not swallow the next one.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
  }

  /** Adds an entry with the next number and the current time. */
  add(entry: Omit<LogEntry, 'n' | 'at'>): void {
    const whole: LogEntry = { n: (this.#entries.at(-1)?.n ?? 0) + 1, at: Date.now(), ...entry }
    this.#entries.push(whole)
    appendFileSync(this.#file, `${JSON.stringify(whole)}\n`, { mode: 0o600 })
    this.#onRequest?.(whole)
  }

  /** Returns the entries after number `n`. */
  since(n: number): LogEntry[] {
    return this.#entries.filter((each) => each.n > n)
  }

  /** Returns the sums. */
  counters(): Counters {
    const uploads = this.#entries.filter((each) => each.upload)
    return {
      requests: this.#entries.length,
      uploadBytes: uploads.reduce((sum, each) => sum + each.bodyBytes, 0),
    }
  }
}

/** Parses a line; returns nothing for a truncated one. */
function parsed(line: string): LogEntry[] {
  try {
    return [JSON.parse(line) as LogEntry]
  } catch {
    return []
  }
}
