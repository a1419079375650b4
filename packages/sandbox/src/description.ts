import { join } from 'node:path'
import { DESCRIPTION_SCHEMA, type SandboxDescription } from '@slipway/core/sandbox'
import { HEALTH_TIMEOUT_MS } from './limits.ts'
import { readJson } from './store.ts'

export type { SandboxDescription }

/** Returns the file of the description in a sandbox's folder. */
export function descriptionFile(dir: string): string {
  return join(dir, 'sandbox.json')
}

/**
 * Reads the description in a sandbox's folder; null if it is missing or has another schema. Its existence does not
 * prove that the sandbox runs: see `answers`.
 */
export async function readDescription(dir: string): Promise<SandboxDescription | null> {
  const value = readJson(descriptionFile(dir)) as SandboxDescription | null
  return value?.schema === DESCRIPTION_SCHEMA ? value : null
}

/** Whether the described sandbox runs: its control service answers within two seconds, as that process. */
export async function answers(description: SandboxDescription): Promise<boolean> {
  try {
    const response = await fetch(`${description.control.url}/health`, {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    })
    const health = (await response.json()) as { ok?: unknown; pid?: unknown }
    return response.ok && health.ok === true && health.pid === description.pid
  } catch {
    return false
  }
}
