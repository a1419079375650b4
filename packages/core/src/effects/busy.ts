import type { Clock, Exec } from '../ports.ts'

/** An Exec that knows for how long at least one of its children ran. */
export interface MeasuredExec {
  exec: Exec
  /** Seconds during which at least one child ran, up to now; children side by side count once. */
  busySeconds(): number
}

/** Measures what an Exec spends in children, so that the rest of a run's time is known to be our own. */
export function measureBusy(exec: Exec, clock: Clock): MeasuredExec {
  let running = 0
  let since = 0
  let spent = 0
  return {
    async exec(command) {
      if (running++ === 0) since = clock.now()
      try {
        return await exec(command)
      } finally {
        if (--running === 0) spent += clock.now() - since
      }
    },
    busySeconds: () => (spent + (running > 0 ? clock.now() - since : 0)) / 1000,
  }
}
