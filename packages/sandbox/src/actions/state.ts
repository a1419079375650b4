import { sha256 } from '../store.ts'

/**
 * Which artifacts of earlier attempts an attempt finds: all after "re-run failed jobs", none after "re-run all jobs".
 */
export type Sees = 'earlier' | 'none'

/** An artifact of a run. */
export interface Artifact {
  id: number
  /** Backend ids of the run and the job that created it. */
  runId: string
  jobId: string
  attempt: number
  name: string
  mimeType: string
  createdAt: string
  size: number
  /** Null until its bytes are committed. */
  sha256: string | null
  /** Only finalized artifacts are listed. */
  finalized: boolean
}

/** State of the results service. */
export interface State {
  lastId: number
  /** The `sees` of each run's attempts, by run and attempt; a missing attempt sees the earlier ones. */
  runs: Record<string, Record<number, Sees>>
  artifacts: Artifact[]
}

/** A job of an attempt of a run, which a runtime token identifies. */
export interface Job {
  run: string
  attempt: number
  job: string
}

/** Returns the backend ids of a job. "Re-run all jobs" begins a new backend run, which separates its artifacts. */
export function backendIds(state: Readonly<State>, { run, attempt, job }: Job): { runId: string; jobId: string } {
  let first = attempt
  while (first > 1 && state.runs[run]?.[first] !== 'none') first -= 1
  return { runId: uuid(`run ${run}/${first}`), jobId: uuid(`job ${run}/${attempt}/${job}`) }
}

/** Returns a UUID-shaped id that is the same for the same text. */
function uuid(text: string): string {
  return sha256(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
