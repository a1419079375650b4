import { error, type Problem, type Where } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'
import { isTable, type TomlKey } from '@slipway/documents/toml'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { MAX_MANIFEST_ENTRIES, MAX_SPECIFIER_CHARS } from '../../limits.ts'
import type { Check } from '../check.ts'

function refused(message: string, hint: string, where: Where): Problem {
  return error('manifest-refused', message, hint, where)
}

/** A clause (PyPA specification "Version specifiers"): `.*` may follow `==` and `!=` alone; `~=` needs two numbers. */
function isClause(clause: string): boolean {
  const [, operator, version = '', star] = /^(~=|[=!]=|[<>]=?)\s*([^\s*=]+?)(\.\*)?$/.exec(clause) ?? []
  if (operator === undefined) return /^===\s*\S+$/.test(clause)
  if (star !== undefined && !/[=!]=/.test(operator)) return false
  return normalizePython(version) !== null && (operator !== '~=' || version.includes('.'))
}

/** Whether a text is a version specifier. Some tools take a comma too many. */
function isSpecifier(text: string): boolean {
  if (text.length > MAX_SPECIFIER_CHARS) return true
  const clauses = text.split(',').map((each) => each.trim())
  return clauses.every((each) => each === '' || isClause(each))
}

/** Whether a text is a requirement of a package (PyPA specification "Dependency specifiers"); its marker is not looked at. */
function isRequirement(text: string): boolean {
  const [, rest] = /^\s*[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*(.*)$/s.exec(text) ?? []
  if (rest === undefined) return false
  if (rest.startsWith('@')) return /^@\s*\S/.test(rest)
  const [asked = ''] = rest.split(';')
  return isSpecifier(asked.trim().replace(/^\((.*)\)$/s, '$1'))
}

function python({ name, document, backend }: DiscoveredPackage): Problem[] {
  const asked = document.string('project', 'requires-python')
  // Poetry takes its own form too.
  if (asked === undefined || isSpecifier(asked) || backend.startsWith('poetry')) return []
  const version = /\d+(?:\.\d+){0,2}/.exec(asked)?.[0] ?? '3.9'
  const message = `${JSON.stringify(asked)}, the requires-python of ${name}, is no version specifier, so build tools and PyPI refuse it.`
  const hint = `Write requires-python = ">=${version}": a comparison, and commas between several.`
  return [refused(message, hint, document.where('project', 'requires-python'))]
}

function requirements({ name, document }: DiscoveredPackage): Problem[] {
  const extras = Object.keys(document.table('project', 'optional-dependencies'))
  const lists: TomlKey[][] = [
    ['build-system', 'requires'],
    ['project', 'dependencies'],
    ...extras.map((each) => ['project', 'optional-dependencies', each]),
  ]
  const wrong = lists.flatMap((list) =>
    document.strings(...list).flatMap((text, index): Problem[] => {
      if (isRequirement(text)) return []
      const message = `${JSON.stringify(text)} is no requirement of a package, so ${name} cannot be built.`
      const hint = 'Write a name and, after a comparison, a version, as in "numpy>=1.26,<3".'
      return [refused(message, hint, document.where(...list, index))]
    }),
  )
  return wrong.slice(0, MAX_MANIFEST_ENTRIES)
}

/** PyPA specification "pyproject.toml": each is a table of `name` and `email`. */
function people({ name, document }: DiscoveredPackage): Problem[] {
  return ['authors', 'maintainers'].flatMap((key) => {
    const value = document.get('project', key)
    const index = Array.isArray(value) ? value.findIndex((each) => !isTable(each)) : -1
    if (index === -1) return []
    const message = `\`${key}\` of ${name} has what is no table, so build tools refuse it.`
    const hint = `Write ${key} = [{ name = "…", email = "…" }].`
    return [refused(message, hint, document.where('project', key, index))]
  })
}

/** Backends that take readmes of these kinds only; maturin takes any. */
function readme({ name, document, backend }: DiscoveredPackage): Problem[] {
  const file = document.string('project', 'readme')
  if (file === undefined || !/^(?:setuptools|hatchling)\b/.test(backend)) return []
  if (!/\.\w+$/.test(file) || /\.(?:md|rst|txt)$/i.test(file)) return []
  const message = `The readme of ${name}, ${file}, is of a kind that ${backend} does not know, so it stops.`
  const hint = 'Name one in Markdown, reStructuredText or plain text: `.md`, `.rst` or `.txt`.'
  return [refused(message, hint, document.where('project', 'readme'))]
}

/** PyPA specification "pyproject.toml": `..` must not be in it; setuptools and hatchling take it all the same. */
function licenses({ name, document, maturin }: DiscoveredPackage): Problem[] {
  const patterns = document.strings('project', 'license-files')
  const index = patterns.findIndex((each) => /(?:^|\/)\.\.(?:\/|$)/.test(each))
  if (!maturin || index === -1) return []
  const message = `\`license-files\` of ${name} leads out of its folder by ${JSON.stringify(patterns[index])}, which maturin refuses.`
  const hint = 'Put the license, or a link to it, beside pyproject.toml, and name it there.'
  return [refused(message, hint, document.where('project', 'license-files', index))]
}

const LOOKS = [python, requirements, people, readme, licenses]

const manifests: Check = ({ project }) => {
  const published = project.packages.filter((each) => each.reason === undefined)
  return published.flatMap((each) => LOOKS.flatMap((look) => look(each)))
}

/** Whether build tools read what the packages say of themselves. */
export const PACKAGE_MANIFEST_CHECKS: readonly Check[] = [manifests]
