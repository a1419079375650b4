import { BAR_CHARACTERS } from './limits.ts'

/** How far a tool is. */
export interface Advance {
  done: number
  total: number
}

/** Variables by which cargo writes its progress where its output is no terminal (the Cargo book, "Configuration", `term.progress`). */
export const CARGO_PROGRESS = { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '60' }

/** Reads a line of cargo's progress, `Building [==>   ] 12/45: syn`; null for another line. */
export function cargoAdvance(line: string): Advance | null {
  const [, done, total] = /^Building \[[=> ]*\] (\d+)\/(\d+)/.exec(line) ?? []
  return done === undefined ? null : { done: Number(done), total: Number(total) }
}

/** Draws a bar: `━━━━━━────── 12/24`. */
export function bar({ done, total }: Advance): string {
  const full = total === 0 ? 0 : Math.min(BAR_CHARACTERS, Math.floor((BAR_CHARACTERS * done) / total))
  return `${'━'.repeat(full)}${'─'.repeat(BAR_CHARACTERS - full)} ${done}/${total}`
}
