import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** One request to a service, as it ended. What a client authorizes itself with is never part of it. */
export interface LogEntry {
  /** Counted from 1 over the life of the folder. */
  n: number
  /** Milliseconds since the epoch. */
  at: number
  service: string
  method: string
  /** With the query. */
  path: string
  /** 0 when no answer was sent. */
  status: number
  /** What it changed (`crate a 0.1.0 published`), or null. */
  effect: string | null
  /** Bytes of the request's body that arrived, also when it was refused. */
  bodyBytes: number
  /** True for a route that carries an artifact's bytes. */
  upload: boolean
  /** True when the service answered with a status of 2xx, whether or not the answer got through. */
  accepted: boolean
}

/** Sums over the life of the folder. */
export interface Counters {
  requests: number
  /** Body bytes that arrived on upload routes. */
  uploadBytes: number
}

/** The log of a sandbox: in memory, and a line of JSON a request in a file. */
export class RequestLog {
  readonly #file: string
  readonly #entries: LogEntry[]
  readonly #onRequest: ((entry: LogEntry) => void) | undefined

  /** Takes the file, which is read when it exists, and who else wants each new entry. */
  constructor(file: string, onRequest?: (entry: LogEntry) => void) {
    this.#file = file
    this.#onRequest = onRequest
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    this.#entries = text.split('\n').flatMap(parsed)
    // A line that a kill cut off must not swallow the next one.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
  }

  /** Adds an entry: its number and time are given here. */
  add(entry: Omit<LogEntry, 'n' | 'at'>): void {
    const whole: LogEntry = { n: (this.#entries.at(-1)?.n ?? 0) + 1, at: Date.now(), ...entry }
    this.#entries.push(whole)
    appendFileSync(this.#file, `${JSON.stringify(whole)}\n`, { mode: 0o600 })
    this.#onRequest?.(whole)
  }

  /** The entries after number `n`. */
  since(n: number): LogEntry[] {
    return this.#entries.filter((each) => each.n > n)
  }

  /** The sums. */
  counters(): Counters {
    const uploads = this.#entries.filter((each) => each.upload)
    return {
      requests: this.#entries.length,
      uploadBytes: uploads.reduce((sum, each) => sum + each.bodyBytes, 0),
    }
  }
}

/** A line as an entry; nothing for one that was cut off. */
function parsed(line: string): LogEntry[] {
  try {
    return [JSON.parse(line) as LogEntry]
  } catch {
    return []
  }
}
