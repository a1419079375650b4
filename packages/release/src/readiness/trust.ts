import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { PlannedPackage } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { cratesIoSettings } from '@slipway/registries/crates/inquiry'
import { TRUSTED_ONLY_HINT } from '@slipway/registries/crates/refusals'
import { answer, type Findings, type Inquiry, joined } from '@slipway/registries/inquiry'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { inWords } from '@slipway/registries/trusted/form'

const NOTHING: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }

/** Compares the public login requirements of registries with the logins of the project's workflows. */
export async function askTrust(inquiry: Inquiry): Promise<Findings> {
  const { logins } = inquiry.plan
  const forCrates = logins.filter((each) => each.target === 'crates.io')
  // Without a workflow that logs in, the job's own token counts.
  const isOwnToken = forCrates.length === 0 && inquiry.credentials.logins.crates?.kind === 'token'
  const token = isOwnToken ? {} : forCrates.find((each) => each.kind === 'token')
  const indexes = ['PyPI', 'Test PyPI'].flatMap((target) => {
    const login = logins.find((each) => each.target === target && each.kind === 'identity')
    return login ? [firstVersions(login, inquiry)] : []
  })
  return joined(await Promise.all([...(token ? [restricted(token, inquiry)] : []), ...indexes]))
}

/** Finds crates that accept trusted publishing only, for a workflow or job that has a token. */
async function restricted({ where }: Partial<PlannedLogin>, inquiry: Inquiry): Promise<Findings> {
  const { plan } = inquiry
  const names = plan.crates.filter((each) => each.publish === true).map((each) => each.name)
  const known = await cratesIoSettings(names, inquiry)
  if ('reason' in known)
    return {
      ...NOTHING,
      notChecked: names.map((each) => `Whether crates.io accepts a token for ${each}: ${known.reason}.`),
    }
  const refused = names.filter((each) => known.value.get(each)?.trustpubOnly)
  const problems = refused.map((name) => {
    const message = `crates.io accepts new versions of ${name} by trusted publishing only, but this ${where ? 'workflow' : 'job'} uses a token.`
    return error('crate-trusted-publishing-only', message, TRUSTED_ONLY_HINT, where)
  })
  return { ...NOTHING, problems }
}

/** Finds projects that an index does not have yet: they need a pending publisher. */
async function firstVersions(login: PlannedLogin, inquiry: Inquiry): Promise<Findings> {
  const { plan, endpoints } = inquiry
  const { simple, upload } = login.target === 'PyPI' ? endpoints.pypi : endpoints.testpypi
  const client = (ports: Inquiry['ports']) => new PyPIClient(ports, { simple, upload, username: '', token: null })
  const packages = publishedPackages(plan)
  const known = await Promise.all(
    packages.map((each) => answer(inquiry, (ports) => client(ports).exists(normalizeName(each.name)))),
  )
  // The destinations report failed queries.
  const fresh = packages.filter((_, index) => {
    const found = known[index]
    return found !== undefined && 'value' in found && !found.value
  })
  return { ...NOTHING, problems: [...fresh.map((each) => pendingPublisher(each, login)), ...clash(fresh, login)] }
}

function pendingPublisher({ name }: PlannedPackage, { target, publisher, where }: PlannedLogin): Problem {
  const message = `${target} has no project ${name} yet. Trusted publishing creates it if you registered a pending publisher in the last 30 days, which Slipway cannot check.`
  const values = publisher === null ? '' : `: project \`${name}\`, ${inWords(publisher)}`
  return notice(
    'package-first-version',
    message,
    `Add the pending publisher on ${target}, under Publishing of your account${values}.`,
    where,
  )
}

/**
 * Warns about several new projects: PyPI keeps one pending publisher per repository, workflow and environment
 * (warehouse, `PendingGitHubPublisher`).
 */
function clash(fresh: readonly PlannedPackage[], { target, where }: PlannedLogin): Problem[] {
  if (fresh.length < 2) return []
  const names = fresh.map((each) => each.name).join(', ')
  const message = `${target} does not have ${names} yet, and allows only one pending publisher per repository, workflow and environment.`
  const hint =
    'Release the first versions one after another (input `packages`), or reserve the names with a token upload.'
  return [warning('pending-publishers-clash', message, hint, where)]
}
