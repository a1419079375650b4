import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { parseYaml } from '@slipway/documents/yaml'

/**
 * Whether the running workflow has more than this job, called workflows counted, so that what a job makes has to be handed
 * over. GITHUB_WORKFLOW_REF names the file (GitHub, default environment variables: `owner/name/path@ref`); where that is
 * not in the workspace, nothing is known and it may have.
 */
export async function hasSeveralJobs({
  GITHUB_WORKFLOW_REF = '',
  GITHUB_WORKSPACE = '',
}: Ports['env']): Promise<boolean> {
  const [, path] = /^[^/]+\/[^/]+\/(.+?)@/.exec(GITHUB_WORKFLOW_REF) ?? []
  if (path === undefined) return true
  try {
    const yaml = await parseYaml(path, await readFile(join(GITHUB_WORKSPACE, path), 'utf8'))
    const jobs = yaml.items(yaml.get(yaml.root, 'jobs'))
    return jobs.length > 1 || jobs.some((each) => yaml.get(each, 'uses') !== undefined)
  } catch {
    return true
  }
}
