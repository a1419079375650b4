import { counted } from '@slipway/core/counted'
import { notReleased, publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { cratesIoNames } from '../plan/crates-io.ts'
import { tagFilter } from './parts.ts'

/** A part of the project, and where it is from. */
export interface FoundPart {
  what: string
  /** Where the release publishes it; empty for nowhere. */
  to: string
  /** The file that shows it, or why it is not published. */
  why: string
}

const inFolder = (folder: string, file: string) => (folder === '.' ? file : `${folder}/${file}`)

/**
 * Returns what a release of the project consists of, with the reasons.
 * @param images with the file that names each
 * @param changelog its file, null for none
 */
export function foundParts(
  plan: Plan,
  images: readonly { name: string; why: string }[],
  changelog: string | null,
): FoundPart[] {
  const onCratesIo = cratesIoNames(plan)
  const crates = plan.crates.filter((each) => onCratesIo.includes(each.name))
  const jobs = (name: string) => plan.matrix.filter((each) => each.package === name).length
  return [
    ...crates.map(({ name, version, path, because }) => ({
      what: `crate ${name} ${version}`,
      to: 'crates.io',
      why: because ?? inFolder(path, 'Cargo.toml'),
    })),
    ...publishedPackages(plan).map(({ name, version, path, backend }) => ({
      what: `Python package ${name} ${version}`,
      to: 'PyPI',
      why: `${inFolder(path, 'pyproject.toml')}, built by ${backend} in ${counted(jobs(name), 'job')}`,
    })),
    ...images.map(({ name, why }) => ({ what: `image ${plan.version}`, to: name, why })),
    {
      what: `release ${plan.tag}`,
      to: 'GitHub',
      why: `tags ${tagFilter(plan)}${plan.because === undefined ? '' : `, from ${plan.because}`}; ${changelog === null ? 'no changelog, so it has no notes' : `notes from ${changelog}`}`,
    },
    ...notReleased(plan).map((why) => ({ what: 'the rest', to: '', why })),
  ]
}
