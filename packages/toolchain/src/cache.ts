import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { mustDistrustFolders } from './run-kind.ts'

/**
 * Returns the folder for tools that Slipway installs for itself: `SLIPWAY_CACHE_DIR`, else the runner's tool cache, else
 * the user's cache folder (XDG Base Directory Specification; Apple and Windows conventions). A release on a self-hosted runner
 * gets a folder of this job, because other runs could have changed the tools in the others.
 */
export function cacheDir(env: Ports['env'], platform: NodeJS.Platform = process.platform): string {
  if (mustDistrustFolders(env)) return join(temporaryFolder(env), 'slipway-tools')
  if (env.SLIPWAY_CACHE_DIR) return env.SLIPWAY_CACHE_DIR
  if (env.RUNNER_TOOL_CACHE) return join(env.RUNNER_TOOL_CACHE, 'slipway')
  const home = env.HOME ?? homedir()
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'slipway')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'slipway')
}

/**
 * Returns the folder that holds Pythons as `Python/<version>/<architecture>`: the runner's tool cache, without one Slipway's
 * cache, and for a release on a self-hosted runner a folder of this job.
 */
export function toolCache(env: Ports['env'], platform: NodeJS.Platform = process.platform): string {
  return env.RUNNER_TOOL_CACHE && !mustDistrustFolders(env) ? env.RUNNER_TOOL_CACHE : cacheDir(env, platform)
}

/** Returns a folder for temporary files: the runner's, which it empties after each job, else the system's. */
export function temporaryFolder(env: Ports['env']): string {
  return env.RUNNER_TEMP || tmpdir()
}
