import { Folder } from '@slipway/documents/folder'
import { judgeLogins } from '@slipway/plan/logins/judge'
import { type PublishingJob, workflowLogins } from '@slipway/plan/logins/publishing-jobs'
import { plant, type Tree } from '../../trees.ts'

export const FILE = '.github/workflows/release.yml'
export const PUSH = 'on: { push: { tags: ["v*"] } }\n'
export const IDENTITY = '    permissions: { id-token: write }\n'
export const PYPI = '      - uses: someone/slipway/actions/publish-pypi@v1\n'
export const CRATE = '      - uses: someone/slipway/actions/publish-crate@v1\n'

/** Returns a job with these lines before its steps. */
export const job = (steps: string, lines = IDENTITY, name = 'publish') => `  ${name}:\n${lines}    steps:\n${steps}`

/** Reads the logins of a project's workflows, and their problems as `severity code line`. */
export async function read(tree: Tree) {
  const logins = await workflowLogins(new Folder(await plant(tree)))
  const problems = judgeLogins(logins).map(({ severity, code, where }) => `${severity} ${code} ${where?.line}`)
  const publishing = logins.publishing.map((each: PublishingJob) => {
    const { registry, login, mayIdentify, environment, file } = each
    return [registry, login, mayIdentify, environment, file.split('/').at(-1)]
  })
  return { publishing, problems }
}

/** Reads the logins of a workflow with these jobs. */
export const release = (jobs: string, head = PUSH) => read({ [FILE]: `${head}jobs:\n${jobs}` })
