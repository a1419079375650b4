import { FRESH_ANSWER_MS } from '@slipway/core/limits'
import type { Clock } from '@slipway/core/ports'

/**
 * The answers that a remote gave before the first write to it. A release asks twice: before anything is written
 * anywhere, and before it writes to this remote; within a minute, one answer serves for both. After a write, only the
 * remote knows.
 */
export class RecentAnswers {
  readonly #clock: Clock
  #known: Map<string, { answer: unknown; at: number }> | null = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Returns the recent answer to a question, else asks it. */
  async recall<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const held = this.#known?.get(question)
    if (held && this.#clock.now() - held.at < FRESH_ANSWER_MS) return held.answer as T
    const at = this.#clock.now()
    const answer = await ask()
    this.#known?.set(question, { answer, at })
    return answer
  }

  /** Forgets all answers, and remembers none from now on. */
  end(): void {
    this.#known = null
  }
}
