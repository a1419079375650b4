import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { controlClient } from '@slipway/sandbox/control'
import type { WorkflowEvent } from './event.ts'
import { WORKFLOWS } from './reading.ts'

/** What GitHub would say of every job of a run. */
export interface RunIdentity {
  description: SandboxDescription
  /** `owner/name` of the project. */
  repository: string
  /** The workflow that is started, relative to the project. */
  workflow: string
  commit: string | null
  event: WorkflowEvent
}

/**
 * Lets the jobs of a folder's workflows request ID tokens where they are granted `id-token: write`, and no others: act
 * knows neither permissions nor tokens. Rewrites the files in place.
 * @param stands repository and ref that the files stand in: `owner/name`, `refs/tags/v1.0.0`
 */
export async function identify(
  folder: string,
  identity: RunIdentity,
  stands: { repository: string; ref: string },
): Promise<void> {
  const at = join(folder, WORKFLOWS)
  for (const name of await readdir(at).catch(() => [])) {
    if (!/\.ya?ml$/.test(name)) continue
    const text = await readFile(join(at, name), 'utf8')
    // A called workflow may say nothing of itself, and then has what its caller grants.
    if (!/\bid-token\b|\bwrite-all\b|\bworkflow_call\b/.test(text)) continue
    const written = await withIdentities(text, identity, `${stands.repository}/${WORKFLOWS}/${name}@${stands.ref}`)
    if (written !== null) await writeFile(join(at, name), written)
  }
}

/** The text of a workflow with what its jobs request ID tokens by; null where none may, or it is no YAML. */
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

/** The environment of a job; null for none, and where an expression tells it. */
function environmentOf({ environment }: JobNode): string | null {
  const name = typeof environment === 'string' ? environment : (environment as { name?: unknown } | undefined)?.name
  return typeof name === 'string' && name !== '' && !name.includes('${{') ? name : null
}

/** What a job requests ID tokens by. */
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
