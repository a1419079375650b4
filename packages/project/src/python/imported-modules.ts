import type { Where } from '@slipway/core/problem'
import { lineFinder } from '../version-place.ts'

/** A module that a Python file imports. */
export interface ImportedModule {
  /** Its full name: `demo._internal`. */
  name: string
  where: Where
  /** Whether the import is indented, as in `try:`, so that it may be skipped or fail. */
  isConditional: boolean
}

/** An import statement, with the names of one in parentheses (the Python reference, "The import statement"). */
const STATEMENT =
  /^(?<indent>[ \t]*)(?:from[ \t]+(?<dots>\.*)(?<from>[\w.]*)[ \t]+import[ \t]*(?:\((?<inner>[^)]*)\)|(?<names>[^\n(]*))|import[ \t]+(?<modules>[^\n]*))/gm

/** Returns the names in a list such as `a, b as c`. */
function namesIn(list: string): string[] {
  const names = list.replace(/#.*/g, '').split(',')
  return names.flatMap((each) => /^\s*([\w.]+)/.exec(each)?.[1] ?? [])
}

/**
 * Returns the modules that the `__init__.py` of a package imports from the package itself, or from the top level. A name
 * in `from . import name` may be something else than a module.
 * @param name of the package, `acme.demo`
 */
export function importedModules(name: string, file: string, text: string): ImportedModule[] {
  const lineOf = lineFinder(text)
  return [...text.matchAll(STATEMENT)].flatMap(({ index, groups = {} }) => {
    const { indent = '', dots, from = '', inner, names = '', modules = '' } = groups
    // `..` leads out of the package.
    if ((dots ?? '').length > 1) return []
    const relative = from === '' ? namesIn(inner ?? names) : [from]
    const found =
      dots === undefined ? namesIn(modules) : dots === '' ? [from] : relative.map((each) => `${name}.${each}`)
    const where = { file, line: lineOf(index) }
    return found.map((each) => ({ name: each, where, isConditional: indent !== '' }))
  })
}
