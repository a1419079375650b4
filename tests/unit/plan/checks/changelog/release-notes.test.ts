import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, workspace } from '../../../trees.ts'

test.each([
  [125_000, []],
  [125_001, ['error notes-too-long CHANGELOG.md:3']],
])('notes of %p characters', async (length, expected) => {
  const text = `# Log\n\n## 1.2.0-rc.1\n\n${'x'.repeat(length)}\n`
  const { problems } = await planProject(await plant(workspace({ 'CHANGELOG.md': text })))
  expect(problems.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)).toEqual(
    expected,
  )
})
