import { join } from 'node:path'
import { readJson } from './store.ts'

/** Number of the description's JSON form. */
export const DESCRIPTION_SCHEMA = 1

/** Where a running sandbox is, and what opens it: what `sandbox.json` in its folder says. */
export interface SandboxDescription {
  schema: typeof DESCRIPTION_SCHEMA
  /** The process that runs it. */
  pid: number
  /** `index` begins with `sparse+` and ends with a slash, as cargo writes it. */
  cargo: { index: string; api: string; token: string }
  pypi: { upload: string; simple: string; token: string }
  testpypi: { upload: string; simple: string; token: string }
  github: { api: string; uploads: string; token: string }
  /** `registry` is an address without a trailing slash; the password is a token of that account. */
  dockerhub: { registry: string; username: string; password: string }
  ghcr: { registry: string; username: string; password: string }
  control: { url: string }
}

/** The file of the description in a sandbox's folder. */
export function descriptionFile(dir: string): string {
  return join(dir, 'sandbox.json')
}

/**
 * Reads the description in a sandbox's folder; null when there is none, or one of another form.
 * That there is one does not say that the sandbox runs: see `answers`.
 */
export async function readDescription(dir: string): Promise<SandboxDescription | null> {
  const value = readJson(descriptionFile(dir)) as SandboxDescription | null
  return value?.schema === DESCRIPTION_SCHEMA ? value : null
}

/** Whether the sandbox that is described runs: its control service answers within two seconds, as that process. */
export async function answers(description: SandboxDescription): Promise<boolean> {
  try {
    const response = await fetch(`${description.control.url}/health`, { signal: AbortSignal.timeout(2000) })
    const health = (await response.json()) as { ok?: unknown; pid?: unknown }
    return response.ok && health.ok === true && health.pid === description.pid
  } catch {
    return false
  }
}
