import { MAX_COMPARED_WORD_CHARACTERS } from './limits.ts'

/** Counts the letters to insert, remove, change or swap with their neighbour to turn one word into another. */
function distance(word: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= word.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] as number) + (word[i - 1] === other[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && word[i - 1] === other[j - 2] && word[i - 2] === other[j - 1]
      const best = Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      next[j] = swapped ? Math.min(best, (before[j - 2] as number) + 1) : best
    }
    before = row
    row = next
  }
  return row[other.length] as number
}

/** Returns the known word with the smallest distance to a misspelt one, at most a third of its letters. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED_WORD_CHARACTERS) return undefined
  const maxDistance = Math.max(1, Math.floor(word.length / 3))
  let found: { word: string; distance: number } | undefined
  for (const each of known) {
    if (Math.abs(each.length - word.length) > maxDistance) continue
    const next = distance(word.toLowerCase(), each.toLowerCase())
    if (next <= maxDistance && next < (found?.distance ?? Number.POSITIVE_INFINITY))
      found = { word: each, distance: next }
  }
  return found?.word
}
