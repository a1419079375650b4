import type { Where } from './problem.ts'

/** The fields of a registry's form for a trusted publisher on GitHub. */
export interface TrustedPublisher {
  owner: string
  /** Without the owner. */
  repository: string
  /** Name of the file in `.github/workflows`. */
  workflow: string
  /** null: the field stays empty, or `environmentOf` gives it. */
  environment: string | null
  /** The expression that gives the environment, if one does. */
  environmentOf?: string
}

/** How a job of the project's workflows logs in to a registry. */
export interface PlannedLogin {
  /** `crates.io`, `PyPI`, `Test PyPI` */
  target: string
  /** `identity`: by trusted publishing. */
  kind: 'token' | 'identity'
  job: string
  /** The publishing step, or the call of the publishing workflow. */
  where: Where
  /** For `identity`: the trusted publisher to register; null while the repository is unknown. */
  publisher: TrustedPublisher | null
}
