import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'

/**
 * Where Slipway keeps tools that it installs for itself: what the user says, else the runner's tool cache, else the
 * user's own cache folder as the platform names it (XDG Base Directory Specification; Apple and Windows conventions).
 */
export function cacheDir(env: Ports['env'], platform: NodeJS.Platform = process.platform): string {
  if (env.SLIPWAY_CACHE_DIR) return env.SLIPWAY_CACHE_DIR
  if (env.RUNNER_TOOL_CACHE) return join(env.RUNNER_TOOL_CACHE, 'slipway')
  const home = env.HOME ?? homedir()
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'slipway')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'slipway')
}
