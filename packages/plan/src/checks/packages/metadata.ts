import { error, notice, type Problem, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { isTable } from '@slipway/documents/toml'
import { fileIn } from '@slipway/project/cargo/field'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'
import type { Check } from '../check.ts'
import { pypiProblems } from './pypi-rules.ts'

/**
 * Backends that refuse an SPDX expression beside a `License ::` classifier, as PEP 639 requires: setuptools from 77 on,
 * flit_core and pdm-backend. PyPI accepts both, and so do maturin, hatchling, poetry-core and uv_build.
 */
const REFUSES_BOTH = /^(?:setuptools|flit_core|pdm)\b/

/** Checks the license by PEP 639: one expression in place of a table and of classifiers. */
function license({ name, document, backend }: DiscoveredPackage): Problem[] {
  const value = document.get('project', 'license')
  const where = document.where('project', 'license')
  if (isTable(value)) {
    const message = `\`license\` of ${name} is a table, which PEP 639 deprecates; setuptools warns and will refuse it.`
    const hint = 'Write an SPDX expression, as in license = "MIT", and list the license texts in `license-files`.'
    return [notice('license-table-deprecated', message, hint, where)]
  }
  if (typeof value !== 'string') return []
  const problems: Problem[] = []
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
    ...(await pypiProblems(each, folder)),
    ...license(each),
    ...(await files(each, folder)),
  ])
  return (await Promise.all(found)).flat()
}

/** Checks that build tools and PyPI will accept the metadata of the packages. */
export const PACKAGE_METADATA_CHECKS: readonly Check[] = [metadata]
