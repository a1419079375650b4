import { MAX_COMPARED_WORD_CHARACTERS } from './limits.ts'

/** How many letters must be put in, left out, changed or swapped with their neighbour to make one word of another. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const best = Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      next[j] = swapped ? Math.min(best, (before[j - 2] as number) + 1) : best
    }
    before = row
    row = next
  }
  return row[to.length] as number
}

/** The known word that was probably meant: the one with the fewest different letters, a third of them at most. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED_WORD_CHARACTERS) return undefined
  const most = Math.max(1, Math.floor(word.length / 3))
  let found: { word: string; distance: number } | undefined
  for (const each of known) {
    if (Math.abs(each.length - word.length) > most) continue
    const next = distance(word.toLowerCase(), each.toLowerCase())
    if (next <= most && next < (found?.distance ?? Number.POSITIVE_INFINITY)) found = { word: each, distance: next }
  }
  return found?.word
}
