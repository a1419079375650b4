import { error, notice, type Problem } from '@slipway/core/problem'
import { answer, type Findings, type Inquiry, isTrusted } from '@slipway/registries/inquiry'
import { workflowIn } from '@slipway/registries/trusted/form'
import { type Claims, claimsOf, idToken } from '@slipway/registries/trusted/id-token'

/** An audience that no registry accepts, for a token that is only read. */
const LOCAL_AUDIENCE = 'slipway'

/** Events whose tokens crates.io refuses; PyPI refuses only the first. */
const REFUSED_EVENTS = ['pull_request_target', 'workflow_run']

/** Requests the claims of this job from GitHub. The token itself is never shown or sent anywhere. */
function queryClaims(inquiry: Inquiry) {
  return answer(inquiry, async (ports) => claimsOf(await idToken(ports, LOCAL_AUDIENCE)))
}

function problemsOf(claims: Claims, { crates, pypi }: { crates: boolean; pypi: boolean }): Problem[] {
  const started = workflowIn(claims.workflow_ref)
  const own = workflowIn(claims.job_workflow_ref) ?? started
  const [owner, name] = (claims.repository ?? '').split('/')
  const problems: Problem[] = []
  const trusting = { crates, pypi }
  const event = claims.event_name ?? ''
  if (REFUSED_EVENTS.includes(event) && (crates || event === 'pull_request_target')) {
    const message = `Registries refuse trusted publishing from workflows triggered by ${event}, and there is no token.`
    problems.push(error('trusted-publishing-event', message, 'Release from a workflow that runs on a pushed tag.'))
    Object.assign(trusting, { crates: false, pypi: pypi && event !== 'pull_request_target' })
  }
  if (pypi && own && claims.repository && own.repository.toLowerCase() !== claims.repository.toLowerCase()) {
    const message = `This job is in a reusable workflow of ${own.repository}, but PyPI trusts workflows of ${claims.repository} only.`
    const hint = "Publish in a job of the project's own workflow, with the action as a step, or use a token."
    problems.push(error('trusted-publishing-reusable', message, hint))
    trusting.pypi = false
  }
  // Do not suggest a setup that is refused anyway.
  if (!started || !own || (!trusting.crates && !trusting.pypi)) return problems
  const environment = claims.environment ? `environment ${claims.environment}` : 'no environment'
  const files = [
    ...(trusting.crates ? [`${started.file} for crates.io`] : []),
    ...(trusting.pypi ? [`${own.file} for PyPI`] : []),
  ]
  const message = `Trusted publishing needs this publisher on the registry: owner ${owner}, repository ${name}, workflow ${files.join(', ')}, ${environment}. Only publishing reveals whether it is set up.`
  const hint = 'Compare each value with the publisher on the registry.'
  return [...problems, notice('trusted-publisher', message, hint)]
}

/** Reports the job's identity, and whether registries accept it, if trusted publishing is its only login. */
export async function askIdentity(inquiry: Inquiry): Promise<Findings> {
  const { plan, credentials } = inquiry
  const crates = isTrusted(credentials.logins.crates) && plan.crates.some((each) => each.publish === true)
  const pypi = isTrusted(credentials.logins.pypi) && plan.packages.some((each) => each.reason === undefined)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  // Without an identity, this job does not publish; the workflow file describes the jobs that do.
  if (!credentials.hasIdentity || (!crates && !pypi)) return found
  const claims = await queryClaims(inquiry)
  if ('reason' in claims) return { ...found, notChecked: [`The identity of this job: ${claims.reason}.`] }
  return { ...found, problems: problemsOf(claims.value, { crates, pypi }) }
}
