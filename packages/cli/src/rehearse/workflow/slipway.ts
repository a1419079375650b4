import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A part of Slipway named by a workflow: `OWNER/slipway/actions/plan@v1`. */
export interface SlipwayReference {
  owner: string
  /** Path in the repository; empty for its root action. */
  path: string
  ref: string
}

/** Returns the part of Slipway that a `uses` names, whoever the owner is; null for anything else. */
export function slipwayReference(uses: string): SlipwayReference | null {
  const [, owner, path = '', ref] = /^([\w.-]+)\/slipway(?:\/([\w./-]+))?@(\S+)$/.exec(uses) ?? []
  return owner === undefined || ref === undefined ? null : { owner, path, ref }
}

/**
 * Returns the folder of this copy of Slipway, beside the program or above its sources; null for a program without one.
 */
export function slipwayFolder(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    if (existsSync(join(folder, 'action.yml')) && existsSync(join(folder, 'dist', 'plan.js'))) return folder
    folder = dirname(folder)
  }
  return null
}
