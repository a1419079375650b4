import { workflowArtifacts } from '@slipway/runtime/artifact-store'
import { choice, flag, text } from '@slipway/runtime/inputs'
import { runAction } from '@slipway/runtime/main'
import { gather } from './files.ts'
import { requireSandbox } from './sandbox.ts'

const spec = {
  name: text({ default: 'artifact' }),
  path: text({ required: true }),
  'if-no-files-found': choice(['warn', 'error', 'ignore'], { default: 'warn' }),
  overwrite: flag({ default: false }),
  'include-hidden-files': flag({ default: false }),
}

/** In place of actions/upload-artifact: leaves files with the sandbox's service of artifacts. */
await runAction(async (context) => {
  const { name, path, ifNoFilesFound, overwrite, includeHiddenFiles } = context.inputs(spec)
  requireSandbox(context.ports)
  const store = workflowArtifacts(context.ports)
  if (!store) throw new Error('This run has no service of artifacts.')
  const { root, files } = await gather(path.split('\n'), { hidden: includeHiddenFiles })
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${path.trim()}. No artifacts will be uploaded.`
    if (ifNoFilesFound === 'error') throw new Error(message)
    context.ports.log.info(message)
    return
  }
  if (!overwrite && (await store.list()).includes(name)) {
    throw new Error(`An artifact with the name ${name} exists already in this run.`)
  }
  await store.upload(name, root, files)
})
