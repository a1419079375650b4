import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A part of Slipway that a workflow names: `OWNER/slipway/actions/plan@v1`. */
export interface SlipwayReference {
  owner: string
  /** Within the repository; empty for its own action. */
  path: string
  ref: string
}

/** What a `uses` names of Slipway, under whatever owner; null for anything else. */
export function slipwayReference(uses: string): SlipwayReference | null {
  const [, owner, path = '', ref] = /^([\w.-]+)\/slipway(?:\/([\w./-]+))?@(\S+)$/.exec(uses) ?? []
  return owner === undefined || ref === undefined ? null : { owner, path, ref }
}

/** Folder of this copy of Slipway, next to the program or above its sources; null where the program is all there is. */
export function slipwayFolder(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    if (existsSync(join(folder, 'action.yml')) && existsSync(join(folder, 'dist', 'plan.js'))) return folder
    folder = dirname(folder)
  }
  return null
}
