import path from 'node:path'
import type { Where } from '@slipway/core/problem'
import type { TomlDocument } from '@slipway/documents/toml'
import type { Crate } from './cargo/crate.ts'
import { fieldOf } from './cargo/field.ts'
import type { Project } from './project.ts'

/** The address of the sources in a manifest. */
export interface SourceAddress {
  address: string
  where: Where
}

/** Labels for the address of the sources (PyPA specification "Well-known Project URLs"), most specific first. */
const SOURCE_LABELS = ['source', 'repository', 'sourcecode', 'github', 'homepage']

/** Returns those labels of addresses that stand for the sources, most specific first. */
export function sourceLabels(labels: readonly string[]): string[] {
  // Labels are compared in lower case, without punctuation and blanks.
  const normal = (label: string) => label.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  return SOURCE_LABELS.flatMap((source) => labels.filter((each) => normal(each) === source))
}

/** Returns the addresses of the project's repository: those of Cargo's manifests, then those of the Python packages. */
export function sourceAddresses(documents: readonly TomlDocument[]): SourceAddress[] {
  const at = (document: TomlDocument, ...path: string[]): SourceAddress[] => {
    const address = document.string(...path)
    return address === undefined ? [] : [{ address, where: document.where(...path) }]
  }
  const ofCrates = documents.flatMap((each) =>
    [...at(each, 'package', 'repository'), ...at(each, 'workspace', 'package', 'repository')].slice(0, 1),
  )
  const ofPackages = documents.flatMap((each) =>
    sourceLabels(Object.keys(each.table('project', 'urls'))).flatMap((label) => at(each, 'project', 'urls', label)),
  )
  return [...ofCrates, ...ofPackages]
}

/** Returns the GitHub repository of an address, or of a page in it, as `owner/name`; null for other addresses. Reads git's forms too. */
export function repositoryAt(address: string): string | null {
  const form =
    /^(?:git\+)?(?:(?:https?|ssh|git):\/\/(?:[^/@\s]+@)?(?:www\.)?github\.com\/|git@github\.com:)([\w-]+)\/([\w.-]+)(?:[/?#]|$)/i
  const [, owner, name = ''] = form.exec(address) ?? []
  const repository = name.replace(/\.git$/, '')
  return owner === undefined || /^\.*$/.test(repository) ? null : `${owner}/${repository}`
}

/** Returns the first GitHub repository in a project's manifests, with its line; null for none. */
export function repositoryOf({ crates, packages }: Pick<Project, 'crates' | 'packages'>) {
  const documents = new Set([
    ...crates.flatMap(({ workspace, manifest }) => [workspace, manifest]),
    ...packages.map((each) => each.document),
  ])
  for (const { address, where } of sourceAddresses([...documents])) {
    const repository = repositoryAt(address)
    if (repository !== null) return { repository, where }
  }
  return null
}

/** Returns the name of a crate's repository; null if its manifest has none. */
export function repositoryName(crate: Crate): string | null {
  const { value } = fieldOf(crate, 'repository')
  return typeof value === 'string' ? path.posix.basename(value.replace(/(?:\.git)?\/?$/, '')) : null
}
