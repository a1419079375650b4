/** How a service misbehaves. */
export type Fault =
  /** Answers with this status; nothing happens. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Reads the whole request, then resets the connection; nothing happens. */
  | { kind: 'reset-before' }
  /** Handles the request, then resets the connection. */
  | { kind: 'reset-after' }
  /** Handles the request, and never answers. */
  | { kind: 'lost-answer' }
  /** Does nothing, and never answers. */
  | { kind: 'hang-before' }
  /** Waits, then handles the request as usual. */
  | { kind: 'delay'; milliseconds: number }

/** A fault, and the requests that meet it. */
export interface FaultRule {
  service: string
  method: string
  /** Regular expression to search in the path (without the query). */
  path: string
  /** Number of requests that meet it. */
  times: number
  /** Number of matching requests that pass first. */
  skip?: number
  fault: Fault
}

/** The pending faults; they end with the sandbox. */
export class Faults {
  #rules: (FaultRule & { skip: number; expression: RegExp })[] = []

  /** Adds a rule after the existing ones. Throws if its path is not a regular expression. */
  add(rule: FaultRule): void {
    this.#rules.push({ ...rule, skip: rule.skip ?? 0, expression: new RegExp(rule.path) })
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules = []
  }

  /** Returns the fault that this request meets, or null. Counts the request. */
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
