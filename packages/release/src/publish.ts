import type { Artifact } from '@slipway/core/artifact'
import type { ImageName } from '@slipway/core/image'
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
import { OciPublisher, type OciTarget } from '@slipway/registries/oci/publisher'
import { DEFAULT_TAGS, imageTags } from '@slipway/registries/oci/tags'
import { PyPIPublisher, type PyPITarget } from '@slipway/registries/pypi/publisher'
import { releaseNotes } from './assets.ts'
import { imageBuilds } from './image/builds.ts'
import { imagePointers } from './image/pointers.ts'
import type { Step } from './step.ts'

/** Where a release goes. What is null is left out. */
export interface Destinations {
  crates: CratesTarget | null
  testpypi: PyPITarget | null
  pypi: PyPITarget | null
  github: GitHubRemote | null
  /** The repository for an image's name. */
  images: (name: ImageName) => OciTarget | null
}

/** A release ready to go: every publisher with its artifacts, and the pointers that make it visible. */
export interface Consignment {
  images: Shipment[]
  draft: Shipment | null
  testpypi: Shipment | null
  crates: Shipment | null
  pypi: Shipment | null
  /** The tags of the images. */
  tags: Pointer[]
  /** The draft becoming public. */
  visible: Pointer | null
}

/**
 * Sorts the artifacts of a release to its destinations.
 * @param artifacts everything; what is not an image, the GitHub release is to hold
 */
export function consign(
  ports: Pick<Ports, 'http' | 'clock'>,
  plan: Plan,
  artifacts: readonly Artifact[],
  { crates, testpypi, pypi, github, images }: Destinations,
): Consignment {
  const ofKind = (...kinds: Artifact['kind'][]) => artifacts.filter((each) => kinds.includes(each.kind))
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
    ...consignImages(ports, plan, ofKind('image'), images),
    draft: page && { publisher: page, artifacts: artifacts.filter((each) => each.kind !== 'image') },
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

function consignImages(
  ports: Pick<Ports, 'http' | 'clock'>,
  plan: Plan,
  artifacts: readonly Artifact[],
  targetOf: Destinations['images'],
): Pick<Consignment, 'images' | 'tags'> {
  const images = imageBuilds(plan).flatMap(({ project, names }) => {
    const artifact = artifacts.find((each) => each.project === project)
    const targets = names.map(targetOf).filter((each) => each !== null)
    return artifact ? targets.map((to) => ({ publisher: new OciPublisher(ports, to), artifacts: [artifact] })) : []
  })
  return { images, tags: imagePointers(images, imageTags(plan.version, DEFAULT_TAGS)) }
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
  const { images, draft, testpypi, crates, pypi, tags, visible } = consignment
  const receipts: Receipt[] = []
  const publish = async (name: string, shipment: Shipment | null) => {
    if (shipment) receipts.push(...(await step(name, () => publishOnce(shipment, effort))))
  }
  const all = [...images, draft, testpypi, crates, pypi].filter((each) => each !== null)
  await step('preflight: ask every destination', () => preflight(all, effort))
  for (const image of images) await publish(`push the image to ${image.publisher.target}, untagged`, image)
  await publish('draft release with its assets', draft)
  await publish('upload to Test PyPI', testpypi)
  if (testpypi) await step('install from Test PyPI', trial)
  await publish('publish to crates.io', crates)
  await publish('upload to PyPI', pypi)
  const move = async () => {
    for (const tag of tags) receipts.push(await movePointer(tag, effort))
  }
  if (tags.length > 0) await step("move the images' tags", move)
  if (visible) receipts.push(await step('make the release public', () => movePointer(visible, effort)))
  return receipts
}
