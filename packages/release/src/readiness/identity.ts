import { error, notice, type Problem } from '@slipway/core/problem'
import { answer, type Findings, type Inquiry, isTrusted } from '@slipway/registries/inquiry'
import { workflowIn } from '@slipway/registries/trusted/form'
import { type Claims, claimsOf, idToken } from '@slipway/registries/trusted/id-token'

/** An audience that no registry takes, for a token that is only read. */
const UNHEARD = 'slipway'

/** Events whose tokens crates.io refuses; PyPI refuses the first. */
const REFUSED = ['pull_request_target', 'workflow_run']

/** What GitHub says of this job. The token itself is told nobody, least of all a registry. */
function askedClaims(inquiry: Inquiry) {
  return answer(inquiry, async (ports) => claimsOf(await idToken(ports, UNHEARD)))
}

function judge(claims: Claims, { crates, pypi }: { crates: boolean; pypi: boolean }): Problem[] {
  const started = workflowIn(claims.workflow_ref)
  const own = workflowIn(claims.job_workflow_ref) ?? started
  const [owner, name] = (claims.repository ?? '').split('/')
  const problems: Problem[] = []
  const takers = { crates, pypi }
  const event = claims.event_name ?? ''
  if (REFUSED.includes(event) && (crates || event === 'pull_request_target')) {
    const message = `Registries refuse trusted publishing in workflows that ${event} started, and there is no token.`
    problems.push(error('trusted-publishing-event', message, 'Release in a workflow that a pushed tag starts.'))
    Object.assign(takers, { crates: false, pypi: pypi && event !== 'pull_request_target' })
  }
  if (pypi && own && claims.repository && own.repository.toLowerCase() !== claims.repository.toLowerCase()) {
    const message = `This job stands in a reusable workflow of ${own.repository}: PyPI takes no trusted publishing from another repository than ${claims.repository}.`
    const hint = "Publish in a job of the project's own workflow, where the action may be a step; or use a token."
    problems.push(error('trusted-publishing-reusable', message, hint))
    takers.pypi = false
  }
  // What is refused in any case is not to be set up.
  if (!started || !own || (!takers.crates && !takers.pypi)) return problems
  const environment = claims.environment ? `environment ${claims.environment}` : 'no environment'
  const files = [
    ...(takers.crates ? [`${started.file} for crates.io`] : []),
    ...(takers.pypi ? [`${own.file} for PyPI`] : []),
  ]
  const message = `Trusted publishing works once the registry knows this job: owner ${owner}, repository ${name}, workflow ${files.join(', ')}, ${environment}. Whether it does is seen only when it publishes.`
  const hint = 'Compare these with the publisher that is set up on the registry, letter by letter.'
  return [...problems, notice('trusted-publisher', message, hint)]
}

/** Where trusted publishing is the only way: what the job is to registries, and whether they take it. */
export async function askIdentity(inquiry: Inquiry): Promise<Findings> {
  const { plan, credentials } = inquiry
  const crates = isTrusted(credentials.logins.crates) && plan.crates.some((each) => each.publish === true)
  const pypi = isTrusted(credentials.logins.pypi) && plan.packages.some((each) => each.reason === undefined)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  // The plan of another job than those that publish: what these are is in the workflow's file.
  if (!credentials.hasIdentity || (!crates && !pypi)) return found
  const claims = await askedClaims(inquiry)
  if ('reason' in claims) return { ...found, notChecked: [`What this job is to registries: ${claims.reason}.`] }
  return { ...found, problems: judge(claims.value, { crates, pypi }) }
}
