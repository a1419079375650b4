import type { SourceCopy } from '../../packages/cli/src/rehearse/source-copy.ts'
import { aroundEvent, type WorkflowEvent } from '../../packages/cli/src/rehearse/workflow/event.ts'

/** A run by hand, of a ref (GitHub, "Webhook events and payloads", workflow_dispatch). */
export function dispatch(ref: string, repository: string, inputs: Record<string, string> = {}): WorkflowEvent {
  return { name: 'workflow_dispatch', ref, payload: { ref, inputs, ...aroundEvent(repository) } }
}

/** Where GitHub keeps what a pull request would merge. */
export const PULL = 'refs/pull/1/merge'

/** A pull request whose merge is the copy's commit (GitHub, "Webhook events and payloads", pull_request). */
export function pullRequest({ plan }: Pick<SourceCopy, 'plan'>, repository: string): WorkflowEvent {
  const side = (ref: string) => ({ ref, sha: plan.commit, repo: { full_name: repository } })
  const request = { number: 1, head: side('change'), base: side('main') }
  const payload = { action: 'opened', number: 1, pull_request: request, ...aroundEvent(repository) }
  return { name: 'pull_request', ref: PULL, payload }
}
