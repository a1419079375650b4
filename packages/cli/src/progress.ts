import type { Step } from '@slipway/release/step'
import { paint, plain, type Terminal } from './terminal.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const FRAME_TIME = 100
const LONGEST_DETAIL = 60
/** Milliseconds between two lines about a step that lasts, where no line moves. */
const LINE_TIME = 30_000

/** Shows the steps of a flow as they run. */
export interface Progress {
  step: Step
  /** The last thing that was said inside the running step. */
  detail(text: string): void
  /** A line that stays, about something that ended inside the running step. */
  line(text: string): void
}

/** Acts every so many milliseconds. Returns what ends that. */
export type Repeat = (act: () => void, milliseconds: number) => () => void

const repeat: Repeat = (act, milliseconds) => {
  const timer = setInterval(act, milliseconds)
  return () => clearInterval(timer)
}

/**
 * Writes a line for each step, with its time, when it ends. While a step runs, a moving line shows the time and the
 * last thing said; where the terminal is not live, a new line does so every 30 seconds.
 */
export function showProgress(terminal: Terminal, now: () => number, every: Repeat = repeat): Progress {
  let said = ''
  const seconds = (since: number) => `${((now() - since) / 1000).toFixed(1)} s`.padStart(8)
  return {
    detail(text) {
      // A tool may write over its line; an empty line says nothing.
      const lines = text.split(/[\r\n]/).map((each) => plain(each).trim())
      said = lines.findLast((each) => each !== '')?.slice(0, LONGEST_DETAIL) ?? said
    },
    line: (text) => terminal.write(`${terminal.live ? '\r\u001b[K' : ''}${text}\n`),
    async step(name, act) {
      const since = now()
      said = ''
      let frame = 0
      const line = (sign: string) => `${sign}${seconds(since)}  ${name} ${paint(terminal, 'dim', said)}`.trimEnd()
      const draw = () => {
        const sign = FRAMES[frame++ % FRAMES.length] as string
        terminal.write(`\r\u001b[K${line(paint(terminal, 'blue', sign))}`)
      }
      const tell = () => terminal.write(`${line(paint(terminal, 'blue', '…'))}\n`)
      const stop = terminal.live ? every(draw, FRAME_TIME) : every(tell, LINE_TIME)
      const end = (sign: string) => {
        stop()
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
