import { createHash, randomInt } from 'node:crypto'

/** What the variables say of the kills to run: all of them, or a sample and the seed that draws it. */
export function chosenKills({ SLIPWAY_KILLS, SLIPWAY_KILL_SEED = '' }: NodeJS.ProcessEnv): 'all' | { seed: string } {
  if (SLIPWAY_KILLS === 'all') return 'all'
  return { seed: SLIPWAY_KILL_SEED === '' ? String(randomInt(1_000_000)) : SLIPWAY_KILL_SEED }
}

/** One case of so many is drawn. */
const ONE_OF = 6

/** The cases that a seed draws, in their order. A case more or less changes little of which the others are. */
export function sample<T>(cases: readonly T[], seed: string): T[] {
  const rank = (each: T) =>
    createHash('sha256')
      .update(`${seed} ${JSON.stringify(each)}`)
      .digest('hex')
  const ranked = [...cases].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  const drawn = new Set(ranked.slice(0, Math.ceil(cases.length / ONE_OF)))
  return cases.filter((each) => drawn.has(each))
}
