import { error, notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { normalizePython, parseVersion } from '@slipway/core/version'
import { parseChangelog } from '@slipway/project/changelog/changelog'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { CITATION_FILE } from '@slipway/project/version-files'
import { holds, type Owner, type Place } from '@slipway/project/version-place'
import { MAX_TABLES_SHOWN } from '../limits.ts'
import type { Check, Subject } from './check.ts'

function at({ file, line }: Where): Where {
  return { file, line }
}

/** Cargo and the tags of images know SemVer only; where there are none, a version of Python's will do. */
const versionForm: Check = ({ project, crates, release: { version }, lead }) => {
  const needsSemVer = project.images.length > 0 || crates.some((each) => each.publish !== false)
  if (parseVersion(version) || (!needsSemVer && normalizePython(version) !== null)) return []
  const message = `The version ${version} is not SemVer, so what is released here cannot have it.`
  const hint = 'Write three numbers, and a prerelease as in 1.2.3-rc.1.'
  return [error('version-not-semver', message, hint, at(lead))]
}

/** The header of the table that slipway.toml has of a crate or package: bare keys are letters, digits, `-` and `_` (TOML). */
function header({ table, name }: Owner): string {
  return `[${table}.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`
}

/** What to write where a place is of another version for good; nothing for a place that nobody owns. */
function ownVersion({ owners = [] }: Place): string {
  if (owners.length === 0) return ''
  const named = owners.slice(0, MAX_TABLES_SHOWN).map((each) => `\`${header(each)}\``)
  const more = owners.length - named.length
  const tables = more > 0 ? [...named, `the ${more} others that have it from there`] : named
  const all = [tables.slice(0, -1).join(', '), ...tables.slice(-1)].filter((each) => each !== '').join(' and ')
  return ` If it has versions of its own, write into slipway.toml, under ${all}: \`version = "own"\`; if it is not to be published, \`publish = false\`.`
}

const versionsAgree: Check = ({ project, release: { version }, lead }) =>
  project.versions.places
    .filter((place) => !place.apart && !holds(place, version))
    .map((place) => {
      const how = `Set it to ${version} (\`slipway bump\` does), or the other one to ${place.value}.`
      if (place.file === CITATION_FILE) {
        const message = `Who cites this project is told to cite ${place.value}, not ${version}.`
        return warning('version-differs', message, how, at(place))
      }
      const { file, line } = lead
      const message = `The version is ${place.value} here, but ${version} in ${file}:${line}: one release would carry two versions.`
      return error('version-differs', message, how + ownVersion(place), at(place))
    })

/** Cargo takes the last of both; Python's specification forbids it (PyPA, "pyproject.toml", `dynamic`). */
const versionOnce: Check = ({ project }) =>
  project.packages.flatMap(({ document, dynamicVersion, place }) => {
    if (!dynamicVersion || !place || document.get('project', 'version') === undefined) return []
    const message = `The version is \`dynamic\` here, but written in line ${place.line} too: build tools refuse both at once.`
    const hint = `Take "version" out of \`dynamic\`, or line ${place.line}.`
    return [error('version-twice', message, hint, dynamicVersion)]
  })

/** Packages of Python that get the version of the release. */
function released({ project }: Subject) {
  return project.packages.filter((each) => each.reason === undefined)
}

function ofPython(subject: Subject): Problem[] {
  const { version, pythonVersion } = subject.release
  const parsed = parseVersion(version)
  const where = at(subject.lead)
  const hint = 'Use -alpha.N, -beta.N, -rc.N or -dev.N for a prerelease.'
  if (!parsed) return []
  if (pythonVersion === null) {
    const message = `The version ${version} has no form in PEP 440, so the Python package cannot have it.`
    return [error('no-python-version', message, hint, where)]
  }
  if (parsed.build.length > 0) {
    const message = `The version ${version} is a local one for Python, which PyPI refuses.`
    return [error('local-version', message, `Release it as ${version.replace(/\+.*/, '')}.`, where)]
  }
  if (parsed.prerelease.length > 0 && pythonVersion.includes('.post')) {
    const message = `The prerelease ${version} is ${pythonVersion} for Python: newer than the release that it is to come before.`
    return [error('prerelease-is-post-release', message, hint, where)]
  }
  return collisions(subject, pythonVersion)
}

/** Versions that differ in SemVer and are one on PyPI: `-rc.1`, `-pre.1`, `-preview.1` and `-c.1` are all `rc1`. */
function collisions({ project, release: { version }, lead }: Subject, pythonVersion: string): Problem[] {
  const { changelog } = project
  const code = 'python-version-collides'
  const hint = `Number it on, and call candidates \`-rc.N\` alone.`
  const headings = changelog ? parseChangelog(changelog.text, changelogNames(project)).headings : []
  const other = headings.find(
    (each) =>
      each.version &&
      each.version !== version &&
      parseVersion(each.version) &&
      normalizePython(each.version) === pythonVersion,
  )
  if (changelog && other) {
    const message = `The versions ${version} and ${other.version} are both ${pythonVersion} for Python: PyPI takes that once only.`
    return [warning(code, message, hint, { file: changelog.file, line: other.line })]
  }
  if (!/-(pre|preview|c)\b/i.test(version)) return []
  const message = `The version ${version} is ${pythonVersion} for Python, as -rc.N of the same number would be: PyPI takes only one of them.`
  return [notice(code, message, hint, at(lead))]
}

const pythonForm: Check = (subject) => (released(subject).length > 0 ? ofPython(subject) : [])

const spelledForPython: Check = ({ project, release: { version, pythonVersion } }) => {
  if (pythonVersion === null || pythonVersion === version) return []
  return project.versions.fromCargo.map((where) => {
    const message = `\`__version__\` will be ${version}, as Cargo spells it, while the package's version is ${pythonVersion}: who compares them finds two.`
    const hint = `Leave it if nobody does; else read it with importlib.metadata.version, in Python.`
    return notice('version-spelt-by-cargo', message, hint, where)
  })
}

/** Whether the version can be released, and stands everywhere. */
export const VERSION_CHECKS: readonly Check[] = [versionForm, versionsAgree, versionOnce, pythonForm, spelledForPython]
