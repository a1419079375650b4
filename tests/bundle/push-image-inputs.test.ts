import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import type { Env } from '../engines/daemon.ts'
import { buildahEnv } from '../engines/harness.ts'
import { tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { changes, imageProject, push, titles } from './push-image.ts'

const test = needs('buildah', 'busybox')

let dir: string
let env: Env
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'push-'))
  env = await buildahEnv(join(dir, 'buildah'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

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
