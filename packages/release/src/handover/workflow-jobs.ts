import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { parseYaml } from '@slipway/documents/yaml'

/**
 * Returns whether the running workflow has other jobs, including those of called workflows, so that a job must upload
 * its files. GITHUB_WORKFLOW_REF names the file (GitHub, default environment variables: `owner/name/path@ref`); if that
 * is not in the workspace, the answer is true.
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
