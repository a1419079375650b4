import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { copySource } from '../../../packages/cli/src/rehearse/source-copy.ts'
import { repository } from '../../bundle/project.ts'
import { crate } from '../../corpus/pieces.ts'
import { temporaryFolder } from '../../sandbox/harness.ts'
import { realPorts } from '../toolchain/ports.ts'

test('a copy is planned with the tags of the project, which it does not have', async () => {
  const dir = await repository(crate('', 'demo') as Record<string, string>)
  execFileSync('git', ['-C', dir, 'tag', '1.1.0'])
  const root = join(temporaryFolder(), 'work')
  const { plan } = await copySource(realPorts(), dir, { root, dirty: false, isPublished: async () => false })
  expect([plan.tag, plan.because]).toEqual(['1.2.0', 'tags 1.1.0'])
})
