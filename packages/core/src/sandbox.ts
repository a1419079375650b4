import { readFileSync } from 'node:fs'
import { error, type Problem, ProblemError } from './problem.ts'

/** Version of the description's JSON format. */
export const DESCRIPTION_SCHEMA = 1

/** The addresses and logins of a running sandbox: the content of `sandbox.json` in its folder. */
export interface SandboxDescription {
  schema: typeof DESCRIPTION_SCHEMA
  /** Id of its process. */
  pid: number
  /** `index` begins with `sparse+` and ends with a slash, as cargo writes it. */
  cargo: { index: string; api: string; token: string }
  pypi: { upload: string; simple: string; token: string }
  testpypi: { upload: string; simple: string; token: string }
  /** Git repositories are at `<git>/<owner>/<name>.git`. */
  github: { api: string; uploads: string; git: string; token: string }
  /** `registry` is an address without a trailing slash; the password is a token of that account. */
  dockerhub: { registry: string; username: string; password: string }
  ghcr: { registry: string; username: string; password: string }
  /** The service for artifacts, and the runtime token of a job in run 1. */
  actions: { results: string; token: string }
  /** The issuer of ID tokens, and the address where a job requests one with its request token. */
  oidc: { issuer: string; request: string; token: string }
  /** Sigstore's services, and the address of the trusted root that verifies their signatures. */
  sigstore: { fulcio: string; rekor: string; timestamp: string; trustedRoot: string }
  control: { url: string }
}

/** The variable with the path of a sandbox's description; it directs every action and command to that sandbox. */
export const SANDBOX_VARIABLE = 'SLIPWAY_SANDBOX'

/** Whether an address is on this machine, so that requests to it do not leave the machine. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^sparse\+/, '')
  return URL.canParse(plain) && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(plain).hostname)
}

/** Returns every address in a description. */
function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^(?:sparse\+)?[a-z]+:\/\//.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addressesIn) : []
}

/**
 * Reads the description that `SLIPWAY_SANDBOX` names; null when the variable is not set.
 * @throws ProblemError `sandbox-unreadable`, or `sandbox-not-local` when an address in it is not on this machine
 */
export function sandboxOf(env: Readonly<Record<string, string | undefined>>): SandboxDescription | null {
  const file = env[SANDBOX_VARIABLE]
  if (!file) return null
  let description: SandboxDescription | null
  try {
    description = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ProblemError(unreadable(`${SANDBOX_VARIABLE} names ${file}, which cannot be read as JSON.`), cause)
  }
  const addresses = addressesIn(description)
  if (description?.schema !== DESCRIPTION_SCHEMA || addresses.length === 0) {
    throw new ProblemError(unreadable(`The sandbox description ${file} does not have schema ${DESCRIPTION_SCHEMA}.`))
  }
  const foreign = addresses.find((each) => !isLoopbackAddress(each))
  if (foreign === undefined) return description
  const message = `The sandbox description ${file} names ${foreign}, which is not on this machine.`
  throw new ProblemError(
    error('sandbox-not-local', message, 'Start `slipway sandbox` and name the file that it writes.'),
  )
}

function unreadable(message: string): Problem {
  const hint = `Name the sandbox.json of a running \`slipway sandbox\`, or unset ${SANDBOX_VARIABLE}.`
  return error('sandbox-unreadable', message, hint)
}
