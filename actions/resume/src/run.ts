import { resolve } from 'node:path'
import { resumeRelease } from '@slipway/release/assemble/resume'
import { reportResumed } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Resumes the release that an earlier run began. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { out, githubToken: github, ...options } = inputs
  const at = { ...jobSetting(context, { path: '.' }), out: resolve(out), tokens: { github } }
  reportResumed(context, await resumeRelease(context.ports, { ...options, ...at }))
}
