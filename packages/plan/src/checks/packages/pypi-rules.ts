import { error, type Problem, warning } from '@slipway/core/problem'
import { scriptNameFault } from '@slipway/core/python/entry-points'
import type { Fault } from '@slipway/core/python/metadata/fault'
import { requirementFault } from '@slipway/core/python/metadata/requirement-fault'
import { readmeFault } from '@slipway/core/python/metadata/restructured-text'
import { fieldFault } from '@slipway/core/python/metadata/rules'
import type { Folder } from '@slipway/documents/folder'
import { isTable, type TomlDocument, type TomlKey } from '@slipway/documents/toml'
import { fileIn } from '@slipway/project/cargo/field'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { requirementLists } from '@slipway/project/python/requirement-lists'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'

/** A value in pyproject.toml, and the field of the core metadata that it becomes (PyPA specification "pyproject.toml"). */
interface Value {
  field: string
  text: string
  path: TomlKey[]
}

/** Returns the strings of a list, as values of one field. */
function listed(document: TomlDocument, field: string, ...path: TomlKey[]): Value[] {
  const texts = document.strings(...path).slice(0, MAX_MANIFEST_ENTRIES)
  return texts.map((text, index) => ({ field, text, path: [...path, index] }))
}

/** Returns a text, as a value of a field; empty without one. */
function single(document: TomlDocument, field: string, ...path: TomlKey[]): Value[] {
  const text = document.string(...path)
  return text === undefined ? [] : [{ field, text, path }]
}

function valuesOf({ name, document, backend }: DiscoveredPackage): Value[] {
  const entries = (key: string) => Object.entries(document.table('project', key)).slice(0, MAX_MANIFEST_ENTRIES)
  const urls = entries('urls').filter((each): each is [string, string] => typeof each[1] === 'string')
  const extras = entries('optional-dependencies')
  // maturin, setuptools and hatchling put a description into one line, and flit does not.
  const summary = single(document, 'Summary', 'project', 'description').map((each) => ({
    ...each,
    text: backend.startsWith('flit') ? each.text : each.text.trim().replace(/\s*\n\s*/g, ' '),
  }))
  return [
    { field: 'Name', text: name, path: ['project', 'name'] },
    ...summary,
    ...listed(document, 'Classifier', 'project', 'classifiers'),
    ...single(document, 'License-Expression', 'project', 'license'),
    ...single(document, 'Description-Content-Type', 'project', 'readme', 'content-type'),
    ...urls.map(([label, url]) => ({
      field: 'Project-URL',
      text: `${label}, ${url}`,
      path: ['project', 'urls', label],
    })),
    ...extras.map(([extra]) => ({
      field: 'Provides-Extra',
      text: extra,
      path: ['project', 'optional-dependencies', extra],
    })),
    // The build tools' own check reports requirements that cannot be read.
    ...requirementLists(document)
      .flatMap((path) => listed(document, 'Requires-Dist', ...path))
      .filter((each) => requirementFault(each.text) === null),
    ...listed(document, 'Import-Name', 'project', 'import-names'),
    ...listed(document, 'Import-Namespace', 'project', 'import-namespaces'),
  ]
}

/**
 * Reports addresses of authors and maintainers. If there are several, PyPI reads none of them (`soleAddress`), and they are as
 * wrong.
 */
async function addresses({ name, document }: DiscoveredPackage): Promise<Problem[]> {
  const found = ['authors', 'maintainers'].map(async (key) => {
    const people = document.get('project', key)
    const values = (Array.isArray(people) ? people.slice(0, MAX_MANIFEST_ENTRIES) : []).flatMap((each, index) =>
      isTable(each) && typeof each.email === 'string' ? [{ text: each.email, index }] : [],
    )
    const problems = values.map(async ({ text, index }): Promise<Problem[]> => {
      const fault = await fieldFault('Author-Email', text)
      if (!fault) return []
      const where = document.where('project', key, index)
      if (values.length === 1) return [error(fault.code, `PyPI refuses ${name}: ${fault.why}.`, fault.hint, where)]
      const message = `In \`${key}\` of ${name}, ${fault.why}; PyPI accepts it only beside another address.`
      return [warning(fault.code, message, fault.hint, where)]
    })
    return (await Promise.all(problems)).flat()
  })
  return (await Promise.all(found)).flat()
}

/** Returns the fault of a readme in reStructuredText, or null. */
async function readme({ path, document }: DiscoveredPackage, folder: Folder): Promise<Fault | null> {
  const table = isTable(document.get('project', 'readme'))
  const keys = table ? ['project', 'readme', 'file'] : ['project', 'readme']
  const type = document.string('project', 'readme', 'content-type')
  const file = fileIn({ value: document.string(...keys), folder: path })
  if (file === null || !(type === undefined ? /\.rst$/i.test(file) : /^text\/x-rst\b/i.test(type))) return null
  const text = await folder.read(file)
  return text === null ? null : readmeFault(text)
}

/** Reports values of pyproject.toml that PyPI refuses, each at its line, by the rules that the inspection of built files uses. */
export async function pypiProblems(found: DiscoveredPackage, folder: Folder): Promise<Problem[]> {
  const { name, document } = found
  const refused = ({ code, why, hint }: Fault, ...path: TomlKey[]) =>
    error(code, `PyPI refuses ${name}: ${why}.`, hint, document.where(...path))
  const problems: Problem[] = []
  for (const { field, text, path } of valuesOf(found)) {
    const fault = await fieldFault(field, text)
    if (fault) problems.push(refused(fault, ...path))
  }
  for (const key of ['scripts', 'gui-scripts']) {
    for (const script of Object.keys(document.table('project', key)).slice(0, MAX_MANIFEST_ENTRIES)) {
      const fault = scriptNameFault(script)
      if (fault) problems.push(refused(fault, 'project', key, script))
    }
  }
  const fault = await readme(found, folder)
  return [...problems, ...(fault ? [refused(fault, 'project', 'readme')] : []), ...(await addresses(found))]
}
