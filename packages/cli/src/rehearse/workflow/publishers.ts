import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Ports } from '@slipway/core/ports'
import { type Problem, warning } from '@slipway/core/problem'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { Folder } from '@slipway/documents/folder'
import { isComputed, type PublishingJob, workflowLogins } from '@slipway/plan/logins/publishing-jobs'
import type { Registry } from '@slipway/project/evidence/uploads'
import { CratesClient } from '@slipway/registries/crates/client'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { controlClient } from '@slipway/sandbox/control'
import type { SourceCopy } from '../source-copy.ts'

/** The local registries, and the project's repository. */
export interface Trusting {
  description: SandboxDescription
  /** `owner/name` */
  repository: string
}

/**
 * Registers the jobs that use trusted publishing with the local registries, as `slipway trust` says they are to be set
 * up. Returns the extra requirements of a release: crates that must exist first.
 */
export async function trustJobs(ports: Ports, { dir, plan }: SourceCopy, to: Trusting): Promise<Problem[]> {
  const { publishing } = await workflowLogins(new Folder(dir))
  const trusted = publishing.filter((each) => each.login === 'identity' && !each.isForeign)
  const of = (registry: Registry) => trusted.filter((each) => each.registry === registry).map(registered(to.repository))
  const control = controlClient(to.description.control.url)
  const names = plan.crates.filter((each) => each.publish === true).map((each) => each.name)
  const crates = of('crates')
  await control.setCargoPublishers(crates.flatMap((each) => names.map((crate) => ({ crate, ...each }))))
  for (const index of ['pypi', 'testpypi'] as const) {
    const jobs = of(index)
    const { simple, upload } = to.description[index]
    const client = new PyPIClient(ports, { simple, upload, username: '', token: null })
    const projects = await Promise.all(
      publishedPackages(plan).map(async ({ name }) => {
        const isThere = await client.exists(normalizeName(name))
        return { project: name, ...(!isThere && { pending: true }) }
      }),
    )
    await control.setPypiPublishers(
      index,
      jobs.flatMap((each) => projects.map((project) => ({ ...project, ...each }))),
    )
  }
  return crates.length > 0 ? reserve(ports, names, to.description) : []
}

/** Returns the fields that a registry needs to register a job. */
function registered(repository: string) {
  return ({ registry, workflow, file, environment }: PublishingJob) => ({
    repository,
    workflow: (registry === 'crates' ? workflow : file).split('/').at(-1) as string,
    // Without an environment, a registry accepts any.
    ...(environment && !isComputed(environment) && { environment }),
  })
}

/** Reserves the names missing on crates.io, because trusted publishing cannot publish a first version. */
async function reserve(ports: Ports, names: readonly string[], { cargo, control }: SandboxDescription) {
  const client = new CratesClient(ports, { index: cargo.index, token: null })
  const there = await Promise.all(names.map((each) => client.exists(each)))
  const fresh = names.filter((_, index) => !there[index])
  for (const each of fresh) await controlClient(control.url).reserveCrate(each)
  if (fresh.length === 0) return []
  const message = `crates.io has no crate ${fresh.join(', ')} yet, and trusted publishing cannot create one. The rehearsal assumes a version 0.0.0.`
  const hint =
    'Publish the first version, or an empty 0.0.0, with a token that may publish new crates before you push the tag.'
  return [warning('crate-first-version', message, hint)]
}
