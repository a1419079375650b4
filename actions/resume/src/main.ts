import { resolve } from 'node:path'
import { resumeRelease } from '@slipway/release/assemble/resume'
import { reportResumed } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { out, githubToken: github, ...options } = context.inputs(spec)
  const at = { ...jobSetting(context, { path: '.' }), out: resolve(out), tokens: { github } }
  reportResumed(context, await resumeRelease(context.ports, { ...options, ...at }))
})
