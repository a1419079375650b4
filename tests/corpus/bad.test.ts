import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant } from '../unit/trees.ts'
import { BAD } from './bad.ts'
import { NOW, shown } from './pieces.ts'

test.each(Object.entries(BAD))(
  '%s is reported with file and line, and nothing else is',
  async (_, { files, tag, problems }) => {
    const plan = await planProject(await plant(files), { now: NOW, ...(tag !== undefined && { tag }) })
    expect(plan.problems.map(shown)).toEqual(problems)
  },
)

test('a tag with a v finds the section of the changelog', async () => {
  const { files } = BAD['a tag of another version'] ?? { files: {} }
  const { notes } = await planProject(await plant(files), { now: NOW, tag: 'v1.2.0' })
  expect(notes).toContain('- The second.')
})
