/** How a service misbehaves. */
export type Fault =
  /** Answers this instead; nothing happens. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Reads the whole request, then resets the connection; nothing happens. */
  | { kind: 'reset-before' }
  /** Does what was asked, then resets the connection. */
  | { kind: 'reset-after' }
  /** Does what was asked, and never answers. */
  | { kind: 'lost-answer' }
  /** Does nothing, and never answers. */
  | { kind: 'hang-before' }
  /** Waits, then goes on as usual. */
  | { kind: 'delay'; milliseconds: number }

/** Which requests meet a fault. */
export interface FaultRule {
  service: string
  method: string
  /** Regular expression that finds something in the path (without the query). */
  path: string
  /** How many requests meet it. */
  times: number
  /** How many matching requests pass before. */
  skip?: number
  fault: Fault
}

/** The faults that are still to come; they are gone when the sandbox is. */
export class Faults {
  #rules: (FaultRule & { skip: number; expression: RegExp })[] = []

  /** Adds a rule; earlier ones come first. Throws when its path is no regular expression. */
  add(rule: FaultRule): void {
    this.#rules.push({ ...rule, skip: rule.skip ?? 0, expression: new RegExp(rule.path) })
  }

  /** Forgets all rules. */
  clear(): void {
    this.#rules = []
  }

  /** The fault that this request meets, or null. Counts the request. */
  meet(service: string, method: string, path: string): Fault | null {
    for (const rule of this.#rules) {
      if (rule.times <= 0 || rule.service !== service || rule.method !== method || !rule.expression.test(path)) continue
      if (rule.skip > 0) {
        rule.skip -= 1
        continue
      }
      rule.times -= 1
      return rule.fault
    }
    return null
  }
}
