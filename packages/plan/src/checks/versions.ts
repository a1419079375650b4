import { error, notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { normalizePython, parsePython } from '@slipway/core/python/version'
import { parseVersion } from '@slipway/core/version'
import { parseChangelog } from '@slipway/project/changelog/changelog'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { CITATION_FILE } from '@slipway/project/version-files'
import { holds, type Owner, type Place, shownAs } from '@slipway/project/version-place'
import { MAX_TABLES_SHOWN } from '../limits.ts'
import type { Check, Subject } from './check.ts'

function at({ file, line }: Where): Where {
  return { file, line }
}

/** Cargo and image tags need SemVer; a project without crates and images may use any Python version. */
const versionForm: Check = ({ project, crates, release: { version }, versionPlace }) => {
  const needsSemVer = project.images.length > 0 || crates.some((each) => each.publish !== false)
  if (parseVersion(version) || (!needsSemVer && normalizePython(version) !== null)) return []
  const message = `The version ${version} is not SemVer, which crates and images need.`
  const hint = 'Write three numbers, and a prerelease like 1.2.3-rc.1.'
  return [error('version-not-semver', message, hint, at(versionPlace))]
}

/** Returns the header of a crate's or package's table in slipway.toml; bare TOML keys are letters, digits, `-` and `_`. */
function tableHeader({ table, name }: Owner): string {
  return `[${table}.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`
}

/** Returns the hint to give a place a separate version; empty for a place that belongs to no crate or package. */
function ownVersionHint({ owners = [] }: Place): string {
  if (owners.length === 0) return ''
  const shown = owners.slice(0, MAX_TABLES_SHOWN).map((each) => `\`${tableHeader(each)}\``)
  const more = owners.length - shown.length
  const tables = more > 0 ? [...shown, `${more} others that inherit it`] : shown
  const all = [tables.slice(0, -1).join(', '), ...tables.slice(-1)].filter((each) => each !== '').join(' and ')
  return ` If it has a separate version, set \`version = "own"\` under ${all} in slipway.toml; if it should not be published, \`publish = false\`.`
}

const versionsAgree: Check = ({ project, release: { version }, versionPlace }) =>
  project.versions.places
    .filter((place) => !place.separate && !holds(place, version))
    .map((place) => {
      const own = place.form === undefined ? version : shownAs(place.form, version)
      const hint = `Set it to ${own} (\`slipway bump\` does), or the other one to ${place.value}.`
      if (place.file === CITATION_FILE) {
        const message = `The citation file asks readers to cite ${place.value}, not ${version}.`
        return warning('version-differs', message, hint, at(place))
      }
      const { file, line } = versionPlace
      if (place.isInNoWheel) {
        const message = `The version is ${place.value} here, but ${version} in ${file}:${line}; no wheel contains this package.`
        return warning('version-differs', message, hint, at(place))
      }
      const message = `The version is ${place.value} here, but ${version} in ${file}:${line}, so one release would have two versions.`
      return error('version-differs', message, hint + ownVersionHint(place), at(place))
    })

/** The specification forbids a version that is both static and dynamic (PyPA, "pyproject.toml", `dynamic`). */
const versionOnce: Check = ({ project }) =>
  project.packages.flatMap(({ document, dynamicVersion, place }) => {
    if (!dynamicVersion || !place || document.get('project', 'version') === undefined) return []
    const message = `The version is \`dynamic\`, but also set in line ${place.line}; build tools refuse both at once.`
    const hint = `Remove "version" from \`dynamic\`, or remove line ${place.line}.`
    return [error('version-twice', message, hint, dynamicVersion)]
  })

/** Returns the published Python packages. */
function publishedPackages({ project }: Subject) {
  return project.packages.filter((each) => each.reason === undefined)
}

/** Checks that the version has a form in PEP 440 that PyPI accepts. */
function pythonVersionProblems(subject: Subject): Problem[] {
  const { version, pythonVersion } = subject.release
  const parsed = parseVersion(version)
  const where = at(subject.versionPlace)
  const hint = 'Name a prerelease -alpha.N, -beta.N, -rc.N or -dev.N.'
  if (!parsed) return []
  if (pythonVersion === null) {
    const message = `PEP 440 has no form for the version ${version}, so no Python package can have it.`
    return [error('no-python-version', message, hint, where)]
  }
  if (parsed.build.length > 0) {
    const message = `PyPI refuses the version ${version}: the part after \`+\` makes it a local version.`
    return [error('local-version', message, `Release it as ${version.replace(/\+.*/, '')}.`, where)]
  }
  if (parsed.prerelease.length > 0 && parsePython(pythonVersion)?.post != null) {
    const message = `The prerelease ${version} is ${pythonVersion} in Python, which is newer than the release it precedes.`
    return [error('prerelease-is-post-release', message, hint, where)]
  }
  return collisions(subject, pythonVersion)
}

/** Reports SemVer versions that are the same on PyPI: `-rc.1`, `-pre.1`, `-preview.1` and `-c.1` are all `rc1`. */
function collisions({ project, release: { version }, versionPlace }: Subject, pythonVersion: string): Problem[] {
  const { changelog } = project
  const code = 'python-version-collides'
  const hint = 'Use the next number, and name release candidates only `-rc.N`.'
  const headings = changelog ? parseChangelog(changelog.text, changelogNames(project)).headings : []
  const other = headings.find(
    (each) =>
      each.version &&
      each.version !== version &&
      parseVersion(each.version) &&
      normalizePython(each.version) === pythonVersion,
  )
  if (changelog && other) {
    const message = `The versions ${version} and ${other.version} are both ${pythonVersion} in Python, and PyPI accepts only one of them.`
    return [warning(code, message, hint, { file: changelog.file, line: other.line })]
  }
  if (!/-(pre|preview|c)\b/i.test(version)) return []
  const message = `The version ${version} is ${pythonVersion} in Python, like -rc.N of the same number, and PyPI accepts only one of them.`
  return [notice(code, message, hint, at(versionPlace))]
}

const pythonForm: Check = (subject) => (publishedPackages(subject).length > 0 ? pythonVersionProblems(subject) : [])

const spelledForPython: Check = ({ project, release: { version, pythonVersion } }) => {
  if (pythonVersion === null || pythonVersion === version) return []
  return project.versions.fromCargo.map((where) => {
    const message = `\`__version__\` will be ${version}, as Cargo spells it, but the package's version is ${pythonVersion}, so comparing the two fails.`
    const hint = 'Leave it if nobody compares them; otherwise read it in Python with importlib.metadata.version.'
    return notice('version-spelt-by-cargo', message, hint, where)
  })
}

/** Checks that the version can be released, and is the same everywhere. */
export const VERSION_CHECKS: readonly Check[] = [versionForm, versionsAgree, versionOnce, pythonForm, spelledForPython]
