import { expect } from '@jest/globals'
import { temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { repository, WORKSPACE } from './project.ts'
import { commitOf, ofVersion, titles } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('cargo')

test.each([
  ['visible', 'earlier'],
  ['hidden', 'none'],
] as const)('a job that runs again uploads under the same name, with earlier artifacts %s', async (_, sees) => {
  const [sandbox, project] = [await tested(), await repository({ ...WORKSPACE, ...ofVersion('1.0.0') })]
  const commit = await commitOf(project)
  const attempt = async (number: number) => {
    const job = await workflowRun(sandbox, commit, number, sees)
    const step = await job('assemble', { upload: 'true' }, checkout(project))
    expect([step.code, titles(step)]).toEqual([0, []])
    const trusted = { 'manifest-sha256': step.outputs['manifest-sha256'] as string }
    const seen = await job('report', trusted, temporaryFolder())
    expect([seen.code, titles(seen)]).toEqual([0, []])
  }
  await attempt(1)
  await attempt(2)
  // GitHub refuses a name of an earlier attempt now and then.
  await sandbox.steer.setArtifactConflicts(true)
  await attempt(3)
})
