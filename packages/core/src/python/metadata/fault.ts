/** Why PyPI refuses a value, for a sentence that begins with what it refuses. */
export interface Fault {
  /** The code of the problem. */
  code: string
  /** The rest of `PyPI refuses NAME: …`, without a period. */
  why: string
  /** What to do, beginning with an imperative. */
  hint: string
}
