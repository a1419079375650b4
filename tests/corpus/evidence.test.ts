import { expect, test } from '@jest/globals'
import type { GitHistory } from '@slipway/core/git-history'
import { publishedPackages } from '@slipway/core/overview'
import { planProject } from '@slipway/plan/plan'
import { plant } from '../unit/trees.ts'
import { EVIDENT } from './evidence.ts'
import type { Evident } from './evident.ts'
import { NOW } from './pieces.ts'

/** Returns a history in which files are as now, except for those that differed. */
function historyOf({ files, tags = [], before = {} }: Evident): GitHistory | undefined {
  if (tags.length === 0) return undefined
  return { tags, readAt: async (wanted) => wanted.map(({ tag, file }) => before[tag]?.[file] ?? files[file] ?? null) }
}

test.each(Object.entries(EVIDENT))('%s', async (_, repository) => {
  const { files, tag, expected, because, released, trains = {}, problems = [] } = repository
  const plan = await planProject(await plant(files), {
    now: NOW,
    history: historyOf(repository),
    ...(tag !== undefined && { tag }),
  })
  expect(plan.tag).toBe(expected)
  expect(plan.because ?? null).toBe(because)
  const crates = plan.crates.filter((each) => each.publish !== false).map((each) => `crate ${each.name}`)
  expect([...crates.sort(), ...publishedPackages(plan).map((each) => `package ${each.name}`)]).toEqual(released)
  expect(Object.fromEntries(plan.trains.map((each) => [each.pattern, [...each.crates, ...each.packages]]))).toEqual(
    trains,
  )
  expect(plan.problems.filter((each) => each.severity !== 'notice').map((each) => each.code)).toEqual(problems)
})
