import { expect, test } from '@jest/globals'
import { chosenKills, sample } from './sample.ts'

const cases = Array.from({ length: 61 }, (_, n) => ({ n, when: 'before' }))

test('a seed draws the same sixth each time, another seed others, and many seeds all', () => {
  const drawn = sample(cases, '7')
  expect(drawn).toHaveLength(11)
  expect(drawn.map(({ n }) => n)).toEqual(drawn.map(({ n }) => n).sort((a, b) => a - b))
  expect(sample(cases, '7')).toEqual(drawn)
  expect(sample(cases, '8')).not.toEqual(drawn)
  const all = new Set(Array.from({ length: 100 }, (_, seed) => sample(cases, String(seed))).flat())
  expect(all.size).toBe(cases.length)
  expect(sample(cases.slice(0, 1), '7')).toHaveLength(1)
})

test('a case more moves at most one of the drawn out', () => {
  const drawn = sample(cases, '7')
  const more = sample([...cases, { n: 61, when: 'before' }], '7')
  expect(drawn.filter((each) => !more.includes(each)).length).toBeLessThanOrEqual(1)
})

test('the variables choose: all, a seed, or one that is drawn', () => {
  expect(chosenKills({ SLIPWAY_KILLS: 'all', SLIPWAY_KILL_SEED: '5' })).toBe('all')
  expect(chosenKills({ SLIPWAY_KILL_SEED: '5' })).toEqual({ seed: '5' })
  const seeds = new Set(Array.from({ length: 9 }, () => JSON.stringify(chosenKills({}))))
  expect(seeds.size).toBeGreaterThan(1)
})
