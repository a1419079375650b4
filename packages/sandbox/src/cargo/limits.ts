import { json, Refusal } from '../service.ts'

/** Rate limits of one user (crates.io, src/rate_limiter.rs). */
const RULES = {
  new: { burst: 5, every: 10 * 60_000, words: 'You have published too many new crates in a short period of time' },
  update: {
    burst: 30,
    every: 60_000,
    words: 'You have published too many updates to existing crates in a short period of time',
  },
}

/** The remaining allowance per action and its last refill; an action that was never done is missing. */
export type Buckets = { [Action in keyof typeof RULES]?: { tokens: number; refilled: number } }

/**
 * Takes one token out of the action's bucket, which is changed. Publishing without a user is not limited.
 * @returns a Refusal of 429 if the bucket is empty, with the next time in `Retry-After` as an HTTP date
 */
export function take(buckets: Buckets, action: keyof typeof RULES, now: number): Refusal | null {
  const { burst, every, words } = RULES[action]
  const before = buckets[action]
  const refills = before ? Math.floor((now - before.refilled) / every) : 0
  const bucket = before
    ? { tokens: Math.min(burst, Math.max(0, before.tokens - 1) + refills), refilled: before.refilled + refills * every }
    : { tokens: burst, refilled: now }
  buckets[action] = bucket
  if (bucket.tokens >= 1) return null
  const after = new Date(bucket.refilled + every).toUTCString()
  // crates.io names the address of its page on rate limits here.
  const detail = `${words}. Please try again after ${after} and see the page on rate limits for more details.`
  return new Refusal(json(429, { errors: [{ detail }] }, { 'retry-after': after }))
}
