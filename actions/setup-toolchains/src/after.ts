import { type CacheToSave, saveCache } from '@slipway/release/toolchains/cache/cache'
import { workflowCache } from '@slipway/runtime/cache-store'
import type { Context } from '@slipway/runtime/main'

/** Saves the cache, if the action decided so. */
export async function after({ ports }: Context): Promise<void> {
  const saved = ports.env.STATE_cache
  if (saved) await saveCache(ports, workflowCache(ports), JSON.parse(saved) as CacheToSave)
}
