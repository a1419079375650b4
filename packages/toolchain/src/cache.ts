import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'

/**
 * Returns the folder for tools that Slipway installs for itself: `SLIPWAY_CACHE_DIR`, else the runner's tool cache, else
 * the user's cache folder (XDG Base Directory Specification; Apple and Windows conventions).
 */
export function cacheDir(env: Ports['env'], platform: NodeJS.Platform = process.platform): string {
  if (env.SLIPWAY_CACHE_DIR) return env.SLIPWAY_CACHE_DIR
  if (env.RUNNER_TOOL_CACHE) return join(env.RUNNER_TOOL_CACHE, 'slipway')
  const home = env.HOME ?? homedir()
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'slipway')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'slipway')
}
