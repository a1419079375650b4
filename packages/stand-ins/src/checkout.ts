import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { flag, text } from '@slipway/runtime/inputs'
import { runAction } from '@slipway/runtime/main'
import { requireSandbox } from './require-sandbox.ts'

const spec = {
  repository: text(),
  ref: text(),
  path: text({ default: '.' }),
  'fetch-depth': text({ default: '1' }),
  'fetch-tags': flag({ default: false }),
  'persist-credentials': flag({ default: true }),
}

/** Replaces actions/checkout: clones the sandbox's git repository to the requested depth. */
await runAction(async (context) => {
  const { ports, workflow } = context
  const { env } = ports
  const rehearsed = env.GITHUB_REPOSITORY ?? ''
  const { repository = rehearsed, ref = '', path, fetchDepth, fetchTags, persistCredentials } = context.inputs(spec)
  const { git: address, token } = requireSandbox(ports).github
  if (repository.toLowerCase() !== rehearsed.toLowerCase()) {
    throw new Error(`A rehearsal can only check out its own repository, not ${repository}.`)
  }
  const folder = resolve(path)
  await mkdir(folder, { recursive: true })
  const git = async (...args: [string, ...string[]]) => {
    const { code, stdout, stderr } = await ports.exec({ argv: ['git', ...args], cwd: folder })
    if (code !== 0) throw new Error(`git ${args[0]} failed: ${stderr.trim()}`)
    return stdout.trim()
  }
  const depth = fetchDepth === '0' ? [] : [`--depth=${Number(fetchDepth) || 1}`]
  await git('init', '--quiet', '--initial-branch=main')
  await git('remote', 'add', 'origin', `${address}/${rehearsed}.git`).catch(() => '')
  if (persistCredentials) {
    const login = Buffer.from(`x-access-token:${token}`).toString('base64')
    await git('config', `http.${address}/.extraheader`, `AUTHORIZATION: basic ${login}`)
  }
  const wanted = ref || env.GITHUB_REF || 'refs/heads/main'
  const isRunCommit = ref === '' || ref === env.GITHUB_REF || ref === env.GITHUB_SHA
  const names = wanted.startsWith('refs/') ? [wanted] : [`refs/tags/${wanted}`, `refs/heads/${wanted}`, wanted]
  let commit = ''
  if (fetchDepth === '0' || fetchTags) {
    await git('fetch', '--quiet', ...depth, 'origin', '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*')
  }
  if (isRunCommit && env.GITHUB_SHA) {
    commit = env.GITHUB_SHA
    // Like actions/checkout, which stores the commit under the tag's name, so an annotated tag becomes a lightweight one.
    const tag = wanted.startsWith('refs/tags/') ? `:${wanted}` : ''
    await git('fetch', '--quiet', '--no-tags', '--force', ...depth, 'origin', `+${commit}${tag}`)
  } else {
    for (const name of names) {
      commit = await git('fetch', '--quiet', '--no-tags', ...depth, 'origin', name)
        .then(() => git('rev-parse', 'FETCH_HEAD^{commit}'))
        .catch(() => '')
      if (commit !== '') break
    }
    if (commit === '') throw new Error(`The rehearsed repository has no ${wanted}.`)
  }
  await git('checkout', '--quiet', '--force', '--detach', commit)
  workflow.output('ref', wanted)
  workflow.output('commit', commit)
})
