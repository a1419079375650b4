import type { Step } from '@slipway/release/step'
import { paint, plain, type Terminal } from './terminal.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const FRAME_TIME = 100
const LONGEST_DETAIL = 60

/** Shows the steps of a flow as they run. */
export interface Progress {
  step: Step
  /** The last thing that was said inside the running step. */
  detail(text: string): void
}

/** A line a step with its time when it ended; on a live terminal a moving line while it runs. */
export function showProgress(terminal: Terminal, now: () => number): Progress {
  let said = ''
  const seconds = (since: number) => `${((now() - since) / 1000).toFixed(1)} s`.padStart(8)
  return {
    detail(text) {
      said = plain(text).trim().slice(0, LONGEST_DETAIL)
    },
    async step(name, act) {
      const since = now()
      said = ''
      let frame = 0
      const draw = () => {
        const sign = FRAMES[frame++ % FRAMES.length] as string
        terminal.write(
          `\r\u001b[K${paint(terminal, 'blue', sign)}${seconds(since)}  ${name} ${paint(terminal, 'dim', said)}`,
        )
      }
      const timer = terminal.live ? setInterval(draw, FRAME_TIME) : null
      const end = (sign: string) => {
        if (timer) clearInterval(timer)
        terminal.write(`${terminal.live ? '\r\u001b[K' : ''}${sign}${seconds(since)}  ${name}\n`)
      }
      try {
        const result = await act()
        end(paint(terminal, 'green', '✓'))
        return result
      } catch (cause) {
        end(paint(terminal, 'red', '✗'))
        throw cause
      }
    },
  }
}
