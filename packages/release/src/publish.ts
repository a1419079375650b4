import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import { movePointer } from '@slipway/core/pointer'
import type { Ports } from '@slipway/core/ports'
import { preflight, type Shipment } from '@slipway/core/preflight'
import { publishOnce } from '@slipway/core/publish'
import type { Pointer, Receipt } from '@slipway/core/publisher'
import { CratesPublisher, type CratesTarget } from '@slipway/registries/crates/publisher'
import type { GitHubRemote } from '@slipway/registries/github/client'
import { GitHubPublisher } from '@slipway/registries/github/publisher'
import { PyPIPublisher, type PyPITarget } from '@slipway/registries/pypi/publisher'
import { releaseNotes } from './assets.ts'
import type { Step } from './step.ts'

/** Where a release goes. What is null is left out. */
export interface Destinations {
  crates: CratesTarget | null
  testpypi: PyPITarget | null
  pypi: PyPITarget | null
  github: GitHubRemote | null
}

/** A release ready to go: every publisher with its artifacts, and the pointer that makes it visible. */
export interface Consignment {
  draft: Shipment | null
  testpypi: Shipment | null
  crates: Shipment | null
  pypi: Shipment | null
  /** The draft becoming public. */
  visible: Pointer | null
}

/**
 * Sorts the artifacts of a release to its destinations.
 * @param assets everything that the GitHub release is to hold, the built files among it
 */
export function consign(
  ports: Pick<Ports, 'http' | 'clock'>,
  plan: Plan,
  assets: readonly Artifact[],
  { crates, testpypi, pypi, github }: Destinations,
): Consignment {
  const ofKind = (...kinds: Artifact['kind'][]) => assets.filter((each) => kinds.includes(each.kind))
  const distributions = ofKind('wheel', 'sdist')
  const text = {
    tag_name: plan.tag,
    name: plan.tag,
    body: releaseNotes(plan),
    prerelease: plan.prerelease,
    ...(plan.commit !== null && { target_commitish: plan.commit }),
  }
  const page = github && new GitHubPublisher(ports, { ...github, text, makeLatest: 'legacy' })
  const crateFiles = ofKind('crate')
  return {
    draft: page && { publisher: page, artifacts: assets },
    testpypi:
      testpypi && distributions.length > 0
        ? { publisher: new PyPIPublisher(ports, testpypi), artifacts: distributions }
        : null,
    crates:
      crates && crateFiles.length > 0 ? { publisher: new CratesPublisher(ports, crates), artifacts: crateFiles } : null,
    pypi:
      pypi && distributions.length > 0 ? { publisher: new PyPIPublisher(ports, pypi), artifacts: distributions } : null,
    visible: page?.pointer() ?? null,
  }
}

/**
 * Publishes a release in the order that keeps it recoverable: nothing before everything was asked, what can be taken
 * back before what cannot, what makes it visible last.
 * @param trial tries what Test PyPI then holds, before anything that cannot be taken back
 * @throws ProblemError; then a new run goes on from what the remotes hold
 */
export async function publishRelease(
  consignment: Consignment,
  effort: Effort,
  step: Step,
  trial: () => Promise<void>,
): Promise<Receipt[]> {
  const { draft, testpypi, crates, pypi, visible } = consignment
  const receipts: Receipt[] = []
  const publish = async (name: string, shipment: Shipment | null) => {
    if (shipment) receipts.push(...(await step(name, () => publishOnce(shipment, effort))))
  }
  const all = [draft, testpypi, crates, pypi].filter((each) => each !== null)
  await step('preflight: ask every destination', () => preflight(all, effort))
  await publish('draft release with its assets', draft)
  await publish('upload to Test PyPI', testpypi)
  if (testpypi) await step('install from Test PyPI', trial)
  await publish('publish to crates.io', crates)
  await publish('upload to PyPI', pypi)
  if (visible) receipts.push(await step('make the release public', () => movePointer(visible, effort)))
  return receipts
}

/** Receipts of what the plan leaves out, each with its reason. */
export function skippedReceipts(plan: Plan): Receipt[] {
  return plan.crates
    .filter((each) => each.publish === false)
    .map(({ name, version, reason }) => ({
      publisher: 'crates',
      artifact: `${name} ${version}`,
      target: 'crates.io',
      status: 'skipped',
      url: null,
      digest: null,
      reason: reason ?? 'its Cargo.toml says publish = false',
    }))
}
