import type { PlannedDocs } from '@slipway/core/plan'
import { folderOf } from '@slipway/documents/paths'
import { isDocumentation } from './internal-folders.ts'

/** What builds documentation, by the file that configures it (each tool's manual, "Configuration"). */
const GENERATORS: readonly [PlannedDocs['generator'], RegExp][] = [
  ['MkDocs', /(?:^|\/)mkdocs\.ya?ml$/],
  // Other programs have a conf.py too.
  ['Sphinx', /(?:^|\/)(?:docs?|documentation)(?:\/source)?\/conf\.py$/],
  ['mdBook', /(?:^|\/)book\.toml$/],
  ['Docusaurus', /(?:^|\/)docusaurus\.config\.[cm]?[jt]s$/],
]

/** The documentation of a project that is more than a README, by its files: in their order. */
export function documentationOf(files: readonly string[]): PlannedDocs[] {
  return files.flatMap((file) => {
    const [generator] = GENERATORS.find(([, pattern]) => pattern.test(file)) ?? []
    return generator === undefined || !isDocumentation(file) ? [] : [{ generator, file, path: folderOf(file) }]
  })
}
