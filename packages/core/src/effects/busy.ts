import type { Clock, Exec } from '../ports.ts'

/** An Exec that measures how long at least one of its children ran. */
export interface MeasuredExec {
  exec: Exec
  /** Returns the seconds during which at least one child ran so far; parallel children count once. */
  busySeconds(): number
}

/** Measures the time that an Exec spends in children; the rest of a run is Slipway's. */
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
