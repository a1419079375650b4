import { expect } from '@jest/globals'
import { ownBuildah } from '../engines/own-buildah.ts'
import { tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { changes, imageProject, push, titles } from './push-image.ts'

const test = needs('buildah', 'busybox')

const env = ownBuildah()

test.each([
  ['build-args', 'WHO=me\nSECRET'],
  ['labels', 'org.example.of=a\nSECRET'],
])('a line of %s without a value is told before anything is built or written', async (input, lines) => {
  const [sandbox, cwd] = [await tested(), await imageProject()]
  const step = await push(sandbox, cwd, { engine: 'buildah', [input]: lines }, env)
  expect([step.code, titles(step)]).toEqual([1, ['pair-invalid']])
  expect(step.annotations[0]?.message).toContain(`"SECRET" in ${input}`)
  expect(await changes(sandbox)).toEqual([])
})
