import type { PlannedCrate, Release, VersionPlace } from '@slipway/core/plan'
import { error, notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { normalizePython, parseVersion } from '@slipway/core/version'
import type { ChangelogSection } from './changelog.ts'
import type { Project } from './discover.ts'
import { isExtensionModule } from './publishing.ts'
import { tagFor, versionInTag } from './tag.ts'

/** What the checks look at. */
export interface Subject {
  project: Project
  release: Release
  /** Where the version that is released stands. */
  lead: VersionPlace
  crates: PlannedCrate[]
  section: ChangelogSection | null
}

/** Looks at one thing of a project. Gives what stands in the way of its release. */
export type Check = (subject: Subject) => Problem[]

function at({ file, line }: Where): Where {
  return { file, line }
}

const nothingReleasable: Check = ({ project, crates }) =>
  project.packages.length > 0 || project.images.length > 0 || crates.some((each) => each.publish !== false)
    ? []
    : [
        error(
          'no-project',
          'Nothing here can be released: no crate may be published, and there is neither a Python package nor an image.',
          'Let a Cargo.toml allow publishing, or add a pyproject.toml with a [project] table.',
        ),
      ]

const versionForm: Check = ({ release, lead }) =>
  parseVersion(release.version)
    ? []
    : [
        error(
          'version-not-semver',
          `The version ${release.version} is not SemVer, so neither Cargo nor a tag can carry it.`,
          'Write three numbers, and a prerelease as in 1.2.3-rc.1.',
          at(lead),
        ),
      ]

const tagAgrees: Check = ({ release, lead }) => {
  if (versionInTag(release.tag) === release.version) return []
  const message = `The tag is ${release.tag}, but the version is ${release.version}: what is published would not be what is tagged.`
  const hint = `Set the version that the tag names, commit, and tag again; or tag this commit ${tagFor(release.version)}.`
  return [error('tag-differs-from-version', message, hint, at(lead))]
}

/** Places of crates that are never released, unless a released one has its version there too. */
function isPrivate(place: VersionPlace, { project }: Subject): boolean {
  const owners = project.crates.filter((each) => each.place?.file === place.file && each.place.line === place.line)
  const isReleased = (each: (typeof owners)[number]) =>
    each.publish !== false || project.packages.some((other) => other.crate === each)
  return owners.length > 0 && !owners.some(isReleased)
}

const versionsAgree: Check = (subject) => {
  const { version, pythonVersion } = subject.release
  const agrees = (value: string) =>
    value === version || (pythonVersion !== null && normalizePython(value) === pythonVersion)
  return subject.project.places
    .filter((place) => !agrees(place.value) && !isPrivate(place, subject))
    .map((place) => {
      const { file, line } = subject.lead
      const message = `The version is ${place.value} here, but ${version} in ${file}:${line}: one release would carry two versions.`
      return error('version-differs', message, `Set it to ${version}, or the other one to ${place.value}.`, at(place))
    })
}

const pythonForm: Check = ({ project, release, lead }) => {
  if (project.packages.length === 0 || release.pythonVersion !== null) return []
  const message = `The version ${release.version} has no form in PEP 440, so the Python package cannot have it.`
  const hint = 'Use -alpha.N, -beta.N, -rc.N or -dev.N for a prerelease.'
  return [error('no-python-version', message, hint, at(lead))]
}

const changelogTells: Check = ({ project: { changelog }, release: { version }, section }) => {
  const code = 'changelog-section-missing'
  const hint = `In ${changelog?.file ?? 'a CHANGELOG.md'}, write a section \`## [${version}] - YYYY-MM-DD\` ("Keep a Changelog").`
  if (!changelog) {
    const message = 'There is no CHANGELOG.md, so the GitHub release will have no notes of your own.'
    return [notice(code, message, hint)]
  }
  if (section?.notes) return []
  const where = { file: changelog.file, line: section?.line ?? 1 }
  const what = section ? `The section of ${version} is empty` : `There is no section for ${version}`
  return [warning(code, `${what}, so the GitHub release will have no notes of your own.`, hint, where)]
}

const pathDependencies: Check = ({ project, crates }) =>
  project.crates
    .filter((crate) => crates.some((each) => each.path === crate.path && each.publish !== false))
    .flatMap((crate) =>
      crate.dependencies
        // cargo strips dev-dependencies that have only a path.
        .filter((each) => each.path !== undefined && each.version === undefined && each.kind !== 'dev')
        .map((each) => {
          const message = `${crate.name} depends on ${each.name} by path only, so it cannot be published.`
          const hint = `Add a version to it: ${each.alias} = { path = "…", version = "…" }.`
          return error('path-dependency-without-version', message, hint, each.where)
        }),
    )

/** What crates.io asks of a crate (cargo reference, "Publishing on crates.io"), besides its name and version. */
const REQUIRED = [
  ['description', ['description']],
  ['license', ['license', 'license-file']],
] as const

const crateMetadata: Check = ({ project, crates }) =>
  project.crates
    .filter((crate) => crates.some((each) => each.path === crate.path && each.publish === true))
    .flatMap(({ name, manifest }) =>
      REQUIRED.filter(([, keys]) => keys.every((key) => manifest.get('package', key) === undefined)).map(([what]) => {
        const message = `The crate ${name} has no ${what}, without which crates.io refuses it.`
        const where = manifest.where('package', 'name')
        return error('crate-metadata-missing', message, `Add \`${what}\` to its [package].`, where)
      }),
    )

const extensionCrates: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (planned?.publish !== false || crate.publish === false || !isExtensionModule(crate, project.packages)) return []
    const message = `The crate ${crate.name} is not published. ${planned.reason ?? ''}`
    const hint =
      'Say `publish = false` in its Cargo.toml to make it plain, or name the crate to publish it all the same.'
    const where = crate.manifest.where('package', 'name')
    return [notice('extension-crate-not-published', message, hint, where)]
  })

/** Every check of a project, in the order in which problems are told. */
export const CHECKS: readonly Check[] = [
  nothingReleasable,
  versionForm,
  tagAgrees,
  versionsAgree,
  pythonForm,
  pathDependencies,
  crateMetadata,
  changelogTells,
  extensionCrates,
]
