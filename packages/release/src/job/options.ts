import type { HandoverOptions } from '../handover/handover.ts'
import type { TrustedOptions } from './trusted-login.ts'

/** Options of every workflow step that deals with a whole release. */
export interface JobOptions extends HandoverOptions, TrustedOptions {
  /** The project, absolute. */
  dir: string
  /** Tag of the release; default: the tag that started the workflow, else the version's tag. */
  tag?: string | undefined
  /** Tokens by channel. */
  tokens?: Readonly<Record<string, string | undefined>>
  dockerhubUsername?: string | undefined
  dockerhubToken?: string | undefined
  /** Whether the release includes Test PyPI, so that it is queried. */
  testPypi?: boolean
}
