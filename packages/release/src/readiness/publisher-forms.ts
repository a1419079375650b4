import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import type { Problem } from '@slipway/core/problem'

/** Codes of the plan's problems that concern permission to publish. */
const ABOUT_TRUST =
  /^(?:trusted-|identity-|publisher-|pending-publishers-|crate-first-version$|crate-trusted-publishing-only$|package-first-version$|workflow-unreadable$|attestation-not-of-publisher$)/

/** Returns the problems of a plan that concern permission to publish. */
export function trustProblems({ problems }: Pick<Plan, 'problems'>): Problem[] {
  return problems.filter((each) => ABOUT_TRUST.test(each.code))
}

/** A registry's form for a trusted publisher on GitHub, and the registries that need the same values. */
export interface PublisherForm {
  targets: string[]
  /** Its fields in order, each with the value to enter. */
  fields: [name: string, value: string][]
}

/** Returns the forms to fill in for logins by trusted publishing; none while the repository is unknown. */
export function publisherForms(logins: readonly PlannedLogin[]): PublisherForm[] {
  const found = new Map<string, PublisherForm>()
  for (const { target, publisher } of logins) {
    if (publisher === null) continue
    const { owner, repository, workflow, environment, environmentOf } = publisher
    const fields: PublisherForm['fields'] = [
      ['repository owner', owner],
      ['repository name', repository],
      ['workflow file', workflow],
      ['environment', environmentOf ? `(the value of ${environmentOf})` : (environment ?? '(leave empty)')],
    ]
    const key = JSON.stringify(fields)
    const form = found.get(key) ?? { targets: [], fields }
    if (!form.targets.includes(target)) form.targets.push(target)
    found.set(key, form)
  }
  return [...found.values()]
}
