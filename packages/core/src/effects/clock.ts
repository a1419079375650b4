import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../ports.ts'

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
}
