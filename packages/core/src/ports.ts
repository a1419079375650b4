import type { Problem } from './problem.ts'

/** Time, as an effect. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Waits so many milliseconds. */
  sleep(milliseconds: number): Promise<void>
}

/** Where messages for people go. Text may be anything: the one who prints it escapes it. */
export interface Log {
  /** A thing that happened. */
  info(message: string): void
  /** A detail that only someone who looks for a fault wants. */
  debug(message: string): void
  /** A warning or a notice: nothing stops for it, so it must be seen where it is found. Said again, it is told once. */
  problem(problem: Problem): void
}

/** An HTTP request. */
export interface HttpRequest {
  method: string
  url: string
  headers?: Record<string, string>
  /** A Blob of a file (`fs.openAsBlob`) is sent as it is read. */
  body?: Uint8Array | Blob
  /** Milliseconds until the whole answer must be there. */
  timeout?: number
}

/** An HTTP answer, of any status. Header names are lower-case. */
export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/**
 * Sends one request once, follows redirects of GET and HEAD.
 * Rejects when no whole answer came (refused, reset, timed out): then it is not known whether the request took effect.
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>

/** A command to run. */
export interface Command {
  /** Program and arguments; no shell is involved. */
  argv: readonly [string, ...string[]]
  /** Working folder, absolute. */
  cwd: string
  /** Set on top of the environment; `undefined` removes. */
  env?: Record<string, string | undefined>
  /** What it reads from standard input; nothing without it. */
  input?: string
  /** Called with each line of standard error and standard output as it comes. */
  onLine?: (line: string) => void
}

/** What a command left behind. */
export interface Finished {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command to its end; rejects only when it cannot be started. */
export type Exec = (command: Command) => Promise<Finished>

/** The effects that a use case is given. */
export interface Ports {
  clock: Clock
  log: Log
  http: Http
  exec: Exec
  /** The process's environment, as read at start. */
  env: Readonly<Record<string, string | undefined>>
}
