import type { PlannedDocs } from '@slipway/core/plan'
import { folderOf } from '@slipway/documents/paths'
import { isDocumentation } from './internal-folders.ts'

/** Documentation generators, with the file that configures each (each tool's manual, "Configuration"). */
const GENERATORS: readonly [PlannedDocs['generator'], RegExp][] = [
  ['MkDocs', /(?:^|\/)mkdocs\.ya?ml$/],
  // Other programs have a conf.py too, so only common folders of Sphinx count.
  ['Sphinx', /(?:^|\/)(?:docs?|documentation)(?:\/source)?\/conf\.py$/],
  ['mdBook', /(?:^|\/)book\.toml$/],
  ['Docusaurus', /(?:^|\/)docusaurus\.config\.[cm]?[jt]s$/],
]

/** Returns the documentation sites of a project, in the order of its files. */
export function documentationOf(files: readonly string[]): PlannedDocs[] {
  return files.flatMap((file) => {
    const [generator] = GENERATORS.find(([, pattern]) => pattern.test(file)) ?? []
    return generator === undefined || !isDocumentation(file) ? [] : [{ generator, file, path: folderOf(file) }]
  })
}
