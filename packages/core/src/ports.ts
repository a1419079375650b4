import type { Problem } from './problem.ts'

/** The effect of time. */
export interface Clock {
  /** Returns the milliseconds since the epoch. */
  now(): number
  /** Waits. */
  sleep(milliseconds: number): Promise<void>
}

/** The effect of messages for people. Messages are not escaped yet: the implementation escapes them. */
export interface Log {
  /** Reports an event. */
  info(message: string): void
  /** Reports a detail for debugging. */
  debug(message: string): void
  /** Reports a warning or a notice, which does not stop the run, at once. Repetitions are dropped. */
  problem(problem: Problem): void
}

/** An HTTP request. */
export interface HttpRequest {
  method: string
  url: string
  headers?: Record<string, string>
  /** A Blob of a file (`fs.openAsBlob`) is streamed. */
  body?: Uint8Array | Blob
  /** File that the body of a response with status 200 is streamed to, instead of into memory; replaced if it exists. */
  saveTo?: string
  /** Milliseconds until the response must be complete. */
  timeout?: number
  /** Ends the request: nobody waits for its response any more. */
  signal?: AbortSignal
}

/** An HTTP response of any status. Header names are lower-case. */
export interface HttpResponse {
  status: number
  headers: Record<string, string>
  /** Empty if it was saved to a file. */
  body: Uint8Array
}

/**
 * Sends one request once and follows redirects of GET and HEAD.
 * Rejects when no complete response arrived (refused, reset, timed out); the request may have taken effect.
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>

/** A command to run. */
export interface Command {
  /** Program and arguments, run without a shell. */
  argv: readonly [string, ...string[]]
  /** Working folder, absolute. */
  cwd: string
  /** Variables added to the environment; `undefined` removes one. */
  env?: Record<string, string | undefined>
  /** Standard input; empty by default. */
  input?: string
  /** Called at once with each line of standard error and standard output. */
  onLine?: (line: string) => void
}

/** The result of a command. */
export interface Finished {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command until it ends; rejects only when it cannot be started. */
export type Exec = (command: Command) => Promise<Finished>

/** The effects that a use case gets. */
export interface Ports {
  clock: Clock
  log: Log
  http: Http
  exec: Exec
  /** The process's environment at its start. */
  env: Readonly<Record<string, string | undefined>>
}
