import { builtPackages, publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { tomlKey, tomlString } from '@slipway/core/toml-text'
import { DEFAULT_TARGETS } from '@slipway/project/settings/targets'
import type { OldImage, OldRelease } from './old-release.ts'

/** The settings that a project needs because the plan does not find them in its files. */
export interface NeededSettings {
  /** The names to publish; empty if the project's files alone show them. */
  publish: string[]
  gate: string[]
  targets: string[]
  images: OldImage[]
  /** The package that gets further wheels, and the Pythons of those; null for none. */
  pythons: { name: string; pythons: string[] } | null
  /** Whether the image that the plan would find is not released. */
  hasNoImages: boolean
}

/**
 * Returns the settings by which the hand-made workflows differ from the plan, for a project without slipway.toml.
 * @param repository on GitHub, `owner/name`: it names an image that has no other name; null if unknown
 */
export function neededSettings(
  plan: Plan,
  { gate, targets, images, pythons }: OldRelease,
  repository: string | null,
): NeededSettings {
  const isDifferent = (one: readonly string[], other: readonly string[]) =>
    one.length !== other.length || one.some((each) => !other.includes(each))
  const planned = plan.images.map((each) => each.name)
  const old = images.map((each) => each.name)
  const hasWheels = plan.matrix.some((each) => each.target !== '')
  return {
    publish: hasUnpublished(plan) ? publishedNames(plan) : [],
    gate: plan.gate.length > 0 ? [] : gate,
    targets: hasWheels && targets && targets.length > 0 && isDifferent(targets, DEFAULT_TARGETS) ? targets : [],
    images: old.length > 0 ? (isDifferent(old, planned) ? images : []) : namedByRepository(plan, repository),
    pythons: furtherPythons(plan, pythons),
    hasNoImages:
      old.length === 0 && planned.length === 0 && plan.problems.some((each) => each.code === 'image-not-pushed'),
  }
}

/** Returns the Pythons that the workflows build for beyond the plan. Of several packages, they do not say which it is. */
function furtherPythons(plan: Plan, pythons: readonly string[]): NeededSettings['pythons'] {
  const [found, ...others] = builtPackages(plan).filter((each) => each.backend === 'maturin')
  const planned = plan.matrix.map((each) => each.interpreter)
  const left = pythons.filter((each) => !planned.includes(each))
  return found === undefined || others.length > 0 || left.length === 0 ? null : { name: found.name, pythons: left }
}

/** Whether only the workflows show what is published: without them, a plan would publish more. */
function hasUnpublished({ crates }: Plan): boolean {
  return crates.some((each) => each.unproven === true)
}

function publishedNames(plan: Plan): string[] {
  const crates = plan.crates.filter((each) => each.publish !== false).map((each) => each.name)
  return [...new Set([...crates, ...publishedPackages(plan).map((each) => each.name)])]
}

/** Returns the image of a Dockerfile that has no name, named after the repository. */
function namedByRepository({ problems, images }: Plan, repository: string | null): OldImage[] {
  const [nameless, ...others] = problems.filter((each) => each.code === 'image-without-name')
  if (repository === null || images.length > 0 || others.length > 0 || !nameless?.where) return []
  return [{ name: `ghcr.io/${repository.toLowerCase()}`, file: nameless.where.file, context: '.' }]
}

/** Returns the text of slipway.toml; empty if no setting is needed. @param from what the settings come from */
export function settingsText(
  { publish, gate, targets, images, pythons, hasNoImages }: NeededSettings,
  from: string,
): string {
  const list = (values: readonly string[]) => `[\n${values.map((each) => `  ${tomlString(each)},\n`).join('')}]\n`
  const tables = images.map(({ name, file, context }) => {
    const more = [
      ...(file === 'Dockerfile' ? [] : [`file = ${tomlString(file)}\n`]),
      ...(context === '.' ? [] : [`context = ${tomlString(context)}\n`]),
    ]
    return `[[images]]\nname = ${tomlString(name)}\n${more.join('')}`
  })
  const values = [
    ...(publish.length > 0 ? [`publish = ${list(publish)}`] : []),
    ...(gate.length > 0 ? [`gate = ${list(gate)}`] : []),
    ...(targets.length > 0 ? [`targets = ${list(targets)}`] : []),
    ...(hasNoImages ? ['images = []\n'] : []),
  ]
  const packages = pythons
    ? [`[packages.${tomlKey(pythons.name)}]\npythons = [${pythons.pythons.map(tomlString).join(', ')}]\n`]
    : []
  const parts = [...(values.length > 0 ? [values.join('')] : []), ...packages, ...tables]
  return parts.length === 0 ? '' : `# Written by \`slipway init\`, from ${from}.\n${parts.join('\n')}`
}
