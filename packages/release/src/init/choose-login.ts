import { workflowLogins } from '@slipway/plan/logins/publishing-jobs'
import type { WorkflowParts } from './workflow-text.ts'
import type { OwnWorkflow } from './workflows.ts'

/** How the written workflow logs in to crates.io and PyPI. */
export interface Login {
  kind: 'token' | 'identity'
  why: string
}

/** Chooses the login: that of the hand-made workflows, else trusted publishing, which needs no secret. */
export async function chosenLogin(old: readonly OwnWorkflow[], { crates, packages }: WorkflowParts): Promise<Login> {
  if (!crates && !packages) return { kind: 'token', why: 'nothing goes to crates.io or PyPI' }
  const texts = new Map(old.map((each) => [each.file, each.text]))
  const read = async (file: string) => texts.get(file) ?? null
  const { publishing } = await workflowLogins({ filesIn: async () => [...texts.keys()], read })
  const identity = publishing.find((each) => each.login === 'identity')
  if (identity) {
    return { kind: 'identity', why: `${identity.where.file}:${identity.where.line} uses it` }
  }
  const byToken = old.flatMap((each) => each.steps).find((each) => /^publish-/.test(each.becomes) && each.publishes)
  if (byToken) return { kind: 'token', why: `${byToken.where.file}:${byToken.where.line} uses one` }
  return { kind: 'identity', why: 'it needs no secret' }
}
