import { join, resolve } from 'node:path'
import { workflowArtifacts } from '@slipway/runtime/artifact-store'
import { flag, text } from '@slipway/runtime/inputs'
import { runAction } from '@slipway/runtime/main'
import { requireSandbox } from './require-sandbox.ts'

const spec = {
  name: text(),
  pattern: text({ default: '*' }),
  path: text({ default: '.' }),
  'merge-multiple': flag({ default: false }),
  'artifact-ids': text(),
  'run-id': text(),
}

/** Replaces actions/download-artifact: downloads artifacts of this run from the sandbox's artifact service. */
await runAction(async (context) => {
  const { name, pattern, path, mergeMultiple, artifactIds, runId } = context.inputs(spec)
  requireSandbox(context.ports)
  const store = workflowArtifacts(context.ports)
  if (!store) throw new Error('This run has no artifact service.')
  if (artifactIds !== undefined || (runId !== undefined && runId !== context.ports.env.GITHUB_RUN_ID)) {
    throw new Error('A rehearsal can only download artifacts of this run, by name.')
  }
  const folder = resolve(path)
  if (name !== undefined) await store.download(name, folder)
  else {
    const matches = new RegExp(
      `^${pattern.replace(/[*?]|[^*?]+/g, (part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[.^${}()|[\]\\+]/g, '\\$&')))}$`,
    )
    for (const each of (await store.list()).filter((one) => matches.test(one))) {
      await store.download(each, mergeMultiple ? folder : join(folder, each))
    }
  }
  context.workflow.output('download-path', folder)
})
