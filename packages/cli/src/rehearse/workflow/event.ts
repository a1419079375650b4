import type { SourceCopy } from '../source-copy.ts'

/** The event that starts a workflow. */
export interface WorkflowEvent {
  /** GitHub's name of the event: `push`. */
  name: string
  /** The ref of the run: `refs/tags/v1.0.0`. */
  ref: string
  /** The event's payload (GitHub, "Webhook events and payloads"). */
  payload: Readonly<Record<string, unknown>>
}

/** Returns the payload fields that every event has: the repository and who started the run. */
export function aroundEvent(repository: string): Record<string, unknown> {
  const [owner = '', name = ''] = repository.split('/')
  return {
    repository: {
      name,
      full_name: repository,
      owner: { login: owner, name: owner },
      default_branch: 'main',
      private: false,
    },
    sender: { login: 'rehearsal' },
  }
}

/** Returns the event of pushing a release's tag. */
export function tagPush({ plan }: Pick<SourceCopy, 'plan'>, repository: string): WorkflowEvent {
  const ref = `refs/tags/${plan.tag}`
  const payload = {
    ref,
    before: '0'.repeat(40),
    after: plan.commit,
    created: true,
    deleted: false,
    forced: false,
    base_ref: null,
    commits: [],
    head_commit: { id: plan.commit, message: 'Rehearsal' },
    pusher: { name: 'rehearsal' },
    ...aroundEvent(repository),
  }
  return { name: 'push', ref, payload }
}
