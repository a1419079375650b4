import { workflowArtifacts } from '@slipway/runtime/artifact-store'
import { choice, flag, text } from '@slipway/runtime/inputs'
import { runAction } from '@slipway/runtime/main'
import { gather } from './files.ts'
import { requireSandbox } from './require-sandbox.ts'

const spec = {
  name: text({ default: 'artifact' }),
  path: text({ required: true }),
  'if-no-files-found': choice(['warn', 'error', 'ignore'], { default: 'warn' }),
  overwrite: flag({ default: false }),
  'include-hidden-files': flag({ default: false }),
}

/** Replaces actions/upload-artifact: uploads files to the sandbox's artifact service. */
await runAction(async (context) => {
  const { name, path, ifNoFilesFound, overwrite, includeHiddenFiles } = context.inputs(spec)
  requireSandbox(context.ports)
  const store = workflowArtifacts(context.ports)
  if (!store) throw new Error('This run has no artifact service.')
  const { root, files } = await gather(path.split('\n'), { hidden: includeHiddenFiles })
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${path.trim()}. No artifacts will be uploaded.`
    if (ifNoFilesFound === 'error') throw new Error(message)
    context.ports.log.info(message)
    return
  }
  if (!overwrite && (await store.list()).includes(name)) {
    throw new Error(`This run already has an artifact named ${name}.`)
  }
  await store.upload(name, root, files)
})
