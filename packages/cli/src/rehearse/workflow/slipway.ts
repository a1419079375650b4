import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

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
