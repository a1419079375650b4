import path from 'node:path'
import type { Where } from '@slipway/core/problem'
import type { TomlDocument } from '@slipway/documents/toml'
import type { Crate } from './cargo/crate.ts'
import { fieldOf } from './cargo/field.ts'
import type { Project } from './project.ts'

/** Where a manifest says that the sources are found. */
export interface SourceAddress {
  address: string
  where: Where
}

/** Labels of addresses under which the sources are found (PyPA specification "Well-known Project URLs"), most telling first. */
const SOURCE_LABELS = ['source', 'repository', 'sourcecode', 'github', 'homepage']

/** Addresses of the project's repository: those of Cargo's manifests, then those of the Python packages. */
export function sourceAddresses(documents: readonly TomlDocument[]): SourceAddress[] {
  const at = (document: TomlDocument, ...path: string[]): SourceAddress[] => {
    const address = document.string(...path)
    return address === undefined ? [] : [{ address, where: document.where(...path) }]
  }
  const ofCrates = documents.flatMap((each) =>
    [...at(each, 'package', 'repository'), ...at(each, 'workspace', 'package', 'repository')].slice(0, 1),
  )
  const ofPackages = documents.flatMap((each) => {
    const urls = Object.keys(each.table('project', 'urls'))
    return SOURCE_LABELS.flatMap((label) =>
      // A label is compared without punctuation and blanks, in lower case.
      urls.filter((url) => url.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') === label),
    ).flatMap((url) => at(each, 'project', 'urls', url))
  })
  return [...ofCrates, ...ofPackages]
}

/** The repository on GitHub that an address leads to, or into, as `owner/name`; null for another address. Git's forms are read too. */
export function repositoryAt(address: string): string | null {
  const form =
    /^(?:git\+)?(?:(?:https?|ssh|git):\/\/(?:[^/@\s]+@)?(?:www\.)?github\.com\/|git@github\.com:)([\w-]+)\/([\w.-]+)(?:[/?#]|$)/i
  const [, owner, name = ''] = form.exec(address) ?? []
  const repository = name.replace(/\.git$/, '')
  return owner === undefined || /^\.*$/.test(repository) ? null : `${owner}/${repository}`
}

/** The repository on GitHub that a project's manifests name first, and where they do; null when none does. */
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

/** The name of the repository that a crate says it is from; null where it says none. */
export function repositoryName(crate: Crate): string | null {
  const { value } = fieldOf(crate, 'repository')
  return typeof value === 'string' ? path.posix.basename(value.replace(/(?:\.git)?\/?$/, '')) : null
}
