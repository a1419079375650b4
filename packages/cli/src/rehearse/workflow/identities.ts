import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { controlClient } from '@slipway/sandbox/control'
import type { WorkflowEvent } from './event.ts'
import { WORKFLOWS } from './reading.ts'

/** Facts about a run that GitHub puts into the ID tokens of its jobs. */
export interface RunIdentity {
  description: SandboxDescription
  /** `owner/name` of the project. */
  repository: string
  /** Path of the started workflow in the project. */
  workflow: string
  commit: string | null
  event: WorkflowEvent
}

/**
 * Gives ID-token requests to the jobs of a folder's workflows that are granted `id-token: write`, and to no others,
 * because act knows neither permissions nor ID tokens. Rewrites the files in place.
 * @param location repository and ref of the files: `owner/name`, `refs/tags/v1.0.0`
 */
export async function identify(
  folder: string,
  identity: RunIdentity,
  location: { repository: string; ref: string },
): Promise<void> {
  const at = join(folder, WORKFLOWS)
  for (const name of await readdir(at).catch(() => [])) {
    if (!/\.ya?ml$/.test(name)) continue
    const text = await readFile(join(at, name), 'utf8')
    // A called workflow without permissions has those of its caller.
    if (!/\bid-token\b|\bwrite-all\b|\bworkflow_call\b/.test(text)) continue
    const written = await withIdentities(text, identity, `${location.repository}/${WORKFLOWS}/${name}@${location.ref}`)
    if (written !== null) await writeFile(join(at, name), written)
  }
}

/**
 * Returns the text of a workflow whose permitted jobs can request ID tokens; null if no job may, or if it is not valid
 * YAML.
 */
async function withIdentities(text: string, identity: RunIdentity, job_workflow_ref: string): Promise<string | null> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  if (document.errors.length > 0) return null
  const workflow = document.toJS() as { permissions?: unknown; jobs?: Record<string, JobNode> } | null
  let changed = false
  for (const [name, job] of Object.entries(workflow?.jobs ?? {})) {
    if (!isGranted(job?.permissions ?? workflow?.permissions) || job.steps === undefined) continue
    const variables = await requestOf(identity, job_workflow_ref, environmentOf(job))
    for (const [variable, value] of Object.entries(variables)) document.setIn(['jobs', name, 'env', variable], value)
    changed = true
  }
  return changed ? document.toString({ lineWidth: 0 }) : null
}

interface JobNode {
  permissions?: unknown
  environment?: unknown
  steps?: unknown
}

/** Whether permissions hold `id-token: write` (GitHub, "Workflow syntax", `permissions`). */
function isGranted(permissions: unknown): boolean {
  if (permissions === 'write-all') return true
  return (permissions as { 'id-token'?: unknown } | null | undefined)?.['id-token'] === 'write'
}

/** Returns a job's environment; null if it has none, or if an expression computes it. */
function environmentOf({ environment }: JobNode): string | null {
  const name = typeof environment === 'string' ? environment : (environment as { name?: unknown } | undefined)?.name
  return typeof name === 'string' && name !== '' && !name.includes('${{') ? name : null
}

/** Returns the variables with which a job requests ID tokens. */
async function requestOf(identity: RunIdentity, job_workflow_ref: string, environment: string | null) {
  const { description, repository, workflow, commit, event } = identity
  const token = await controlClient(description.control.url).idRequestToken({
    repository,
    ref: event.ref,
    event_name: event.name,
    workflow_ref: `${repository}/${workflow}@${event.ref}`,
    job_workflow_ref,
    ...(commit !== null && { sha: commit }),
    ...(environment !== null && { environment }),
  })
  return { ACTIONS_ID_TOKEN_REQUEST_URL: description.oidc.request, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }
}
