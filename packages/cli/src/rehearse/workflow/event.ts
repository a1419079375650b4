import type { SourceCopy } from '../source-copy.ts'

/** What starts a workflow. */
export interface WorkflowEvent {
  /** GitHub's name of it: `push`. */
  name: string
  /** The ref that the run is of: `refs/tags/v1.0.0`. */
  ref: string
  /** What GitHub tells the run (GitHub, "Webhook events and payloads"). */
  payload: Readonly<Record<string, unknown>>
}

/** What the payload of every event tells of the repository and of who started the run. */
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

/** The push of a release's tag. */
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
