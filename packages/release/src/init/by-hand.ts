import type { WorkflowParts } from './workflow-text.ts'

/** What a person has to do before the first release; the registries' forms follow from the plan's logins. */
export interface ByHand {
  /** Names of the secrets and variables that the workflow reads. */
  secrets: string[]
  variables: string[]
  /** The environment to create; null for none. */
  environment: string | null
  /** One sentence or two for each thing to do, in order. */
  steps: string[]
}

/** The owner in a workflow while nobody knows whose copy of Slipway it uses. */
export const UNKNOWN_OWNER = 'OWNER'

interface Written {
  text: string
  login: 'token' | 'identity'
  parts: WorkflowParts
  /** Whether this text, or one that somebody wrote, is the workflow. */
  isOurs: boolean
  otherTargets: readonly string[]
  /** Whether a package needs wheels that other jobs build. */
  needsPrebuilt: boolean
}

/** Returns what is left to do by hand for a workflow. */
export function leftByHand({ text, login, parts, isOurs, otherTargets, needsPrebuilt }: Written): ByHand {
  const named = (context: string) => [
    ...new Set([...text.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, 'g'))].map(([, name = '']) => name)),
  ]
  const [secrets, variables] = [named('secrets'), named('vars')]
  const environment = isOurs && login === 'identity' ? 'release' : null
  const steps: string[] = []
  if (new RegExp(`\\buses: *${UNKNOWN_OWNER}/`).test(text))
    steps.push(`Replace ${UNKNOWN_OWNER} in the workflow by the account whose copy of Slipway you use.`)
  if (needsPrebuilt) {
    steps.push(
      "Add the jobs that build the wheels to the workflow, let Slipway's job need them (`needs`) and name their artifacts (`prebuilt-artifacts`); and set `prebuilt` in slipway.toml. docs/prebuilt-wheels.md has an example.",
    )
  }
  if (environment !== null) {
    steps.push(
      `Create the environment \`${environment}\` in the repository's settings, with reviewers and the tag rule \`${parts.tags}\`.`,
    )
  }
  if (secrets.length > 0) {
    const optional = secrets.includes('TEST_PYPI_API_TOKEN')
      ? ' Without TEST_PYPI_API_TOKEN, Test PyPI is skipped.'
      : ''
    steps.push(`Add to the repository's secrets: ${secrets.join(', ')}.${optional}`)
  }
  if (variables.length > 0) steps.push(`Add to the repository's variables: ${variables.join(', ')}.`)
  if (environment !== null && parts.crates) {
    steps.push(
      'If a crate is new on crates.io, its first version needs a token once: pass it as `crates-token` to publish-crate and to both preflight steps, and register the publisher afterwards.',
    )
  }
  if (otherTargets.length > 0) {
    steps.push(`Slipway builds no wheels for ${otherTargets.join(', ')}: pip builds from the sdist there.`)
  }
  return { secrets, variables, environment, steps }
}
