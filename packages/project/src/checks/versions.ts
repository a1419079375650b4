import type { VersionPlace } from '@slipway/core/plan'
import { error, type Where } from '@slipway/core/problem'
import { normalizePython, parseVersion } from '@slipway/core/version'
import { tagFor, versionInTag } from '../tag.ts'
import type { Check, Subject } from './check.ts'

function at({ file, line }: Where): Where {
  return { file, line }
}

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

/** Whether the version can be released, and stands everywhere. */
export const VERSION_CHECKS: readonly Check[] = [versionForm, tagAgrees, versionsAgree, pythonForm]
