import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { licenseFault } from '@slipway/core/spdx-expression'
import type { Folder } from '@slipway/documents/folder'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { isTable } from '@slipway/documents/toml'
import { fileIn } from '@slipway/project/cargo/field'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { MAX_MANIFEST_ENTRIES, PYPI_MAX_SUMMARY_CHARS } from '../../limits.ts'
import type { Check } from '../check.ts'

/** PyPA specification "Names and normalization". */
const NAME = /^(?:[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i

/** Reports fields of `[project]` that PyPI refuses. */
function refused({ name, document }: DiscoveredPackage): Problem[] {
  const problems: Problem[] = []
  const where = (...path: (string | number)[]) => document.where('project', ...path)
  if (!NAME.test(name)) {
    const message = `Build tools and PyPI refuse the package name ${JSON.stringify(name)}.`
    const hint = 'Use ASCII letters and digits, with `-`, `_` and `.` between them.'
    problems.push(error('package-name-invalid', message, hint, where('name')))
  }
  const summary = document.string('project', 'description') ?? ''
  if (summary.length > PYPI_MAX_SUMMARY_CHARS) {
    const message = `PyPI refuses ${name}: its description has ${summary.length} characters, and ${PYPI_MAX_SUMMARY_CHARS} are allowed.`
    const hint = 'Describe it in one sentence, and move the rest to the readme.'
    problems.push(error('package-description-too-long', message, hint, where('description')))
  }
  for (const [index, classifier] of document
    .strings('project', 'classifiers')
    .slice(0, MAX_MANIFEST_ENTRIES)
    .entries()) {
    if (/^\S.*? :: .*\S$/.test(classifier) && !/\S::|::\S/.test(classifier)) continue
    const message = `PyPI refuses ${name}: ${JSON.stringify(classifier)} is not one of its classifiers.`
    const hint = 'Copy it from the list of classifiers; its parts are separated by ` :: `, with spaces.'
    problems.push(error('classifier-invalid', message, hint, where('classifiers', index)))
  }
  return problems
}

/**
 * Backends that refuse an SPDX expression beside a `License ::` classifier, as PEP 639 requires: setuptools from 77 on,
 * flit_core and pdm-backend. PyPI accepts both, and so do maturin, hatchling, poetry-core and uv_build.
 */
const REFUSES_BOTH = /^(?:setuptools|flit_core|pdm)\b/

/** Checks the license by PEP 639: one expression in place of a table and of classifiers. */
async function license({ name, document, backend }: DiscoveredPackage): Promise<Problem[]> {
  const value = document.get('project', 'license')
  const where = document.where('project', 'license')
  if (isTable(value)) {
    const message = `\`license\` of ${name} is a table, which PEP 639 deprecates; setuptools warns and will refuse it.`
    const hint = 'Write an SPDX expression, as in license = "MIT", and list the license texts in `license-files`.'
    return [notice('license-table-deprecated', message, hint, where)]
  }
  if (typeof value !== 'string') return []
  const problems: Problem[] = []
  const fault = await licenseFault(value, 'PyPI')
  if (fault !== null) {
    const message = `PyPI refuses the license ${JSON.stringify(value)} of ${name}. ${fault}`
    const hint =
      'Join SPDX identifiers with OR and AND, as in "MIT OR Apache-2.0"; for a license of your own, write `LicenseRef-NAME`.'
    problems.push(error('license-expression-invalid', message, hint, where))
  }
  const classifiers = document.strings('project', 'classifiers')
  const index = classifiers.findIndex((each) => each.startsWith('License ::'))
  if (index !== -1) {
    const both = `${name} has the license ${JSON.stringify(value)} and the classifier ${JSON.stringify(classifiers[index])}`
    const at = document.where('project', 'classifiers', index)
    const hint = 'Remove the classifier.'
    problems.push(
      REFUSES_BOTH.test(backend)
        ? error('license-said-twice', `${both}; its build backend ${backend} refuses both at once.`, hint, at)
        : notice('license-said-twice', `${both}; PEP 639 deprecates the classifier.`, hint, at),
    )
  }
  return problems
}

/** Reports missing files that `[project]` names. */
async function files({ name, path, document }: DiscoveredPackage, folder: Folder): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const keys of [['readme'], ['readme', 'file'], ['license', 'file']]) {
    const file = fileIn({ value: document.get('project', ...keys), folder: path })
    if (file === null || (await folder.has(file))) continue
    const message = `${name} cannot be built: its ${keys[0]} ${file} does not exist.`
    const hint = `Add the file, or correct \`${keys[0]}\`.`
    problems.push(error('package-file-missing', message, hint, document.where('project', ...keys)))
  }
  const all = await folder.files()
  for (const [index, pattern] of document
    .strings('project', 'license-files')
    .slice(0, MAX_MANIFEST_ENTRIES)
    .entries()) {
    const file = fileIn({ value: pattern, folder: path })
    if (file === null || (await folder.has(file)) || all.some(globMatcher(file))) continue
    const message = `No file matches ${JSON.stringify(pattern)}, so ${name} is published without its license text; some build tools refuse that.`
    const where = document.where('project', 'license-files', index)
    problems.push(warning('license-files-missing', message, 'Add the file, or correct `license-files`.', where))
  }
  return problems
}

const metadata: Check = async ({ project, folder }) => {
  const published = project.packages.filter((each) => each.reason === undefined)
  const found = published.map(async (each) => [
    ...refused(each),
    ...(await license(each)),
    ...(await files(each, folder)),
  ])
  return (await Promise.all(found)).flat()
}

/** Checks that build tools and PyPI will accept the metadata of the packages. */
export const PACKAGE_METADATA_CHECKS: readonly Check[] = [metadata]
