import { error, type Problem, type Where } from '@slipway/core/problem'
import { requirementFault, requiresPythonFault } from '@slipway/core/python/metadata/requirement-fault'
import { folderOf, isWithin, join } from '@slipway/documents/paths'
import { isTable, type TomlKey } from '@slipway/documents/toml'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { requirementLists } from '@slipway/project/python/requirement-lists'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'
import type { Check } from '../check.ts'

function refused(message: string, hint: string, where: Where): Problem {
  return error('manifest-refused', message, hint, where)
}

/** Reports an invalid `requires-python`. */
function requiresPython({ name, document, backend }: DiscoveredPackage): Problem[] {
  const specifier = document.string('project', 'requires-python')
  // Poetry accepts its own form too.
  const fault = specifier === undefined || backend.startsWith('poetry') ? null : requiresPythonFault(specifier)
  if (!fault) return []
  const message = `Build tools and PyPI refuse ${name}: ${fault.why}.`
  return [refused(message, fault.hint, document.where('project', 'requires-python'))]
}

/** Reports invalid requirements. */
function requirements({ name, document }: DiscoveredPackage): Problem[] {
  const lists: TomlKey[][] = [['build-system', 'requires'], ...requirementLists(document)]
  const problems = lists.flatMap((list) =>
    document.strings(...list).flatMap((text, index): Problem[] => {
      const fault = requirementFault(text)
      return fault
        ? [refused(`${name} cannot be built: ${fault.why}.`, fault.hint, document.where(...list, index))]
        : []
    }),
  )
  return problems.slice(0, MAX_MANIFEST_ENTRIES)
}

/** Reports authors and maintainers that are not tables of `name` and `email` (PyPA specification "pyproject.toml"). */
function people({ name, document }: DiscoveredPackage): Problem[] {
  return ['authors', 'maintainers'].flatMap((key) => {
    const value = document.get('project', key)
    const index = Array.isArray(value) ? value.findIndex((each) => !isTable(each)) : -1
    if (index === -1) return []
    const message = `Build tools refuse ${name}: an entry of \`${key}\` is not a table.`
    const hint = `Write ${key} = [{ name = "…", email = "…" }].`
    return [refused(message, hint, document.where('project', key, index))]
  })
}

/**
 * Reports a readme outside of the package's folder, which maturin, setuptools, hatchling and flit refuse; maturin accepts one
 * within the workspace of the crate.
 */
function readmeOutside({ name, path, document, backend, crate }: DiscoveredPackage): Problem[] {
  const keys = ['project', 'readme', ...(isTable(document.get('project', 'readme')) ? ['file'] : [])]
  const file = document.string(...keys)
  if (file === undefined || !/^(?:maturin|setuptools|hatchling|flit_core)\b/.test(backend)) return []
  const roots = [path, ...(backend.startsWith('maturin') && crate ? [folderOf(crate.workspace.file)] : [])]
  const found = join(path, file)
  if (!found.startsWith('../') && roots.some((root) => isWithin(found, root))) return []
  const message = `${backend} refuses ${name}: its readme ${file} is outside of its folder.`
  const hint = 'Put the readme, or a link to it, beside pyproject.toml, and name it there.'
  return [refused(message, hint, document.where(...keys))]
}

/** Reports a readme that setuptools or hatchling refuses by its extension; maturin accepts any. */
function readme({ name, document, backend }: DiscoveredPackage): Problem[] {
  const file = document.string('project', 'readme')
  if (file === undefined || !/^(?:setuptools|hatchling)\b/.test(backend)) return []
  if (!/\.\w+$/.test(file) || /\.(?:md|rst|txt)$/i.test(file)) return []
  const message = `${backend} refuses ${name}: it does not support the type of its readme ${file}.`
  const hint = 'Use a readme in Markdown, reStructuredText or plain text: `.md`, `.rst` or `.txt`.'
  return [refused(message, hint, document.where('project', 'readme'))]
}

/**
 * Reports `license-files` with `..`, which the specification forbids (PyPA, "pyproject.toml") and maturin refuses;
 * setuptools and hatchling accept it.
 */
function licenses({ name, document, maturin }: DiscoveredPackage): Problem[] {
  const patterns = document.strings('project', 'license-files')
  const index = patterns.findIndex((each) => /(?:^|\/)\.\.(?:\/|$)/.test(each))
  if (!maturin || index === -1) return []
  const message = `maturin refuses ${name}: ${JSON.stringify(patterns[index])} in \`license-files\` leads out of its folder.`
  const hint = 'Put the license, or a link to it, beside pyproject.toml, and list it there.'
  return [refused(message, hint, document.where('project', 'license-files', index))]
}

const PACKAGE_CHECKS = [requiresPython, requirements, people, readmeOutside, readme, licenses]

const manifests: Check = ({ project }) => {
  const published = project.packages.filter((each) => each.reason === undefined)
  return published.flatMap((each) => PACKAGE_CHECKS.flatMap((check) => check(each)))
}

/** Checks that build tools can read the manifests of the packages. */
export const PACKAGE_MANIFEST_CHECKS: readonly Check[] = [manifests]
