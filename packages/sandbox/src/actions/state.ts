import { sha256 } from '../store.ts'

/** What an attempt of a run finds of the attempts before it: "re-run failed jobs" finds all, "re-run all jobs" nothing. */
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

/** What the results service holds. */
export interface State {
  lastId: number
  /** What the attempts of each run see, by run and attempt; an attempt that is missing sees the earlier ones. */
  runs: Record<string, Record<number, Sees>>
  artifacts: Artifact[]
}

/** A job of an attempt of a run: what a runtime token stands for. */
export interface Job {
  run: string
  attempt: number
  job: string
}

/** Returns the backend ids of a job. "Re-run all jobs" begins a new backend run, so its artifacts are apart. */
export function backendIds(state: Readonly<State>, { run, attempt, job }: Job): { runId: string; jobId: string } {
  let first = attempt
  while (first > 1 && state.runs[run]?.[first] !== 'none') first -= 1
  return { runId: uuid(`run ${run}/${first}`), jobId: uuid(`job ${run}/${attempt}/${job}`) }
}

/** Returns an id of the form of a UUID that is the same for the same text. */
function uuid(text: string): string {
  return sha256(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
