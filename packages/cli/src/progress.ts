import type { Step } from '@slipway/release/job/step'
import { type Advance, bar, cargoAdvance } from './bar.ts'
import { MAX_DETAIL_CHARACTERS } from './limits.ts'
import { paint, plain, type Terminal } from './terminal.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const FRAME_TIME = 100
/** Milliseconds between progress lines about a long step when the terminal is not live. */
const LINE_TIME = 30_000

/** Shows steps while they run. */
export interface Progress {
  step: Step
  /** Sets the latest output of the running step. */
  detail(text: string): void
  /** Writes a permanent line about something that ended inside the running step. */
  line(text: string): void
}

/** Calls `act` at an interval. Returns the function that stops it. */
export type Repeat = (act: () => void, milliseconds: number) => () => void

const repeat: Repeat = (act, milliseconds) => {
  const timer = setInterval(act, milliseconds)
  return () => clearInterval(timer)
}

/** A step that has no line yet. */
interface Pending {
  /** Its line, which waits for the lines of the steps that started before it; null while it runs. */
  line: string | null
}

/**
 * Writes a line for each step, with its time, when it ends; of steps side by side, in the order of their starts. While a
 * step runs, a moving line shows the time and the latest output; on a terminal that is not live, a new line does so
 * every 30 seconds.
 */
export function showProgress(terminal: Terminal, now: () => number, every: Repeat = repeat): Progress {
  let latest = ''
  /** How far the tool of the running step is; null if it does not say. */
  let advance: Advance | null = null
  const pending: Pending[] = []
  const seconds = (since: number) => `${((now() - since) / 1000).toFixed(1)} s`.padStart(8)
  return {
    detail(text) {
      // A tool may overwrite its line; empty lines are ignored.
      const lines = text.split(/[\r\n]/).map((each) => plain(each).trim())
      if (terminal.live) {
        const advances = lines.map(cargoAdvance)
        advance = advances.findLast((each) => each !== null) ?? advance
        // Cargo's own bar is drawn as ours; its other lines say what it does.
        lines.splice(0, Infinity, ...lines.filter((_, index) => advances[index] === null))
        if (lines.some((each) => each.startsWith('Finished '))) advance = null
      }
      latest = lines.findLast((each) => each !== '')?.slice(0, MAX_DETAIL_CHARACTERS) ?? latest
    },
    line: (text) => terminal.write(`${terminal.live ? '\r\u001b[K' : ''}${text}\n`),
    async step(name, act) {
      const since = now()
      latest = ''
      advance = null
      let frame = 0
      const own: Pending = { line: null }
      pending.push(own)
      const line = (sign: string) => {
        const others = pending.filter((each) => each.line === null).length - 1
        // The output of several steps is mixed, so it would be shown beside the wrong one.
        const output = advance ? `${bar(advance)} ${latest}` : latest
        const about = others > 0 ? `(and ${others} more)` : output
        return `${sign}${seconds(since)}  ${name} ${paint(terminal, 'dim', about)}`.trimEnd()
      }
      const draw = () => {
        if (pending[0] !== own) return
        const sign = FRAMES[frame++ % FRAMES.length] as string
        terminal.write(`\r\u001b[K${line(paint(terminal, 'blue', sign))}`)
      }
      const print = () => terminal.write(`${line(paint(terminal, 'blue', '…'))}\n`)
      const stop = terminal.live ? every(draw, FRAME_TIME) : every(print, LINE_TIME)
      const end = (sign: string) => {
        stop()
        own.line = `${sign}${seconds(since)}  ${name}\n`
        while (pending[0]?.line) terminal.write(`${terminal.live ? '\r\u001b[K' : ''}${pending.shift()?.line}`)
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
