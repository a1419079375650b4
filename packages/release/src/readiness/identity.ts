import { error, notice, type Problem } from '@slipway/core/problem'
import { answer, type Findings, type Inquiry, isTrusted } from '@slipway/registries/inquiry'

/** What GitHub says of a job in its identity token (GitHub, "OpenID Connect reference"). */
interface Claims {
  repository?: string
  /** `owner/name/.github/workflows/file.yml@ref`: of the workflow that was started. */
  workflow_ref?: string
  /** The same, of the workflow that the job stands in: another one for a reusable workflow. */
  job_workflow_ref?: string
  environment?: string
  event_name?: string
}

/** Events whose tokens crates.io refuses; PyPI refuses the first. */
const REFUSED = ['pull_request_target', 'workflow_run']

/** The claims of a token. It is told nobody, least of all a registry. */
async function claimsOf(inquiry: Inquiry) {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = inquiry.ports.env
  return answer(inquiry, async ({ http }): Promise<Claims> => {
    const response = await http({ method: 'GET', url, headers: { authorization: `Bearer ${bearer}` } })
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`)
    try {
      const { value } = JSON.parse(new TextDecoder().decode(response.body)) as { value: string }
      return stringsOf(JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString('utf8')))
    } catch {
      // The parser's error would quote the token.
      throw new Error('the answer is no identity token')
    }
  })
}

/** The claims that are strings; anything else is none of GitHub's. */
function stringsOf(claims: unknown): Claims {
  return Object.fromEntries(Object.entries(claims as object).filter(([, value]) => typeof value === 'string'))
}

/** File and repository of a workflow. */
function workflowIn(ref: string | undefined): { repository: string; file: string } | null {
  const [, repository, file] = /^([^/]+\/[^/]+)\/\.github\/workflows\/([^@]+)@/.exec(ref ?? '') ?? []
  return repository !== undefined && file !== undefined ? { repository, file } : null
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
  const crates = isTrusted(credentials.logins.crates ?? null) && plan.crates.some((each) => each.publish === true)
  const pypi = isTrusted(credentials.logins.pypi ?? null) && plan.packages.some((each) => each.reason === undefined)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  if (!crates && !pypi) return found
  const claims = await claimsOf(inquiry)
  if ('reason' in claims) return { ...found, notChecked: [`What this job is to registries: ${claims.reason}.`] }
  return { ...found, problems: judge(claims.value, { crates, pypi }) }
}
