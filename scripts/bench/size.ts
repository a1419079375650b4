import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DIST, type Entry } from './measure.ts'
import { builtActions } from './start.ts'

const BUDGET = 500_000

/** Bytes that an entry loads at start: itself and what it imports statically. */
function loadedAtStart(file: string, seen = new Set<string>()): number {
  if (seen.has(file)) return 0
  seen.add(file)
  const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)].map(
    (match) => match[1] as string,
  )
  return imports.reduce((sum, each) => sum + loadedAtStart(resolve(file, '..', each), seen), statSync(file).size)
}

/** What each action loads at start, against half a megabyte. */
export async function size(): Promise<Entry[]> {
  return builtActions().map((file) => {
    const ratio = loadedAtStart(join(DIST, file)) / BUDGET
    return { name: 'size', what: `${file} and what it loads at start`, against: '0.5 MB', ratio, limit: 1 }
  })
}
