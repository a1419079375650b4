import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from '@jest/globals'

function isThere(tool: string): boolean {
  if (/^[A-Z_]+$/.test(tool)) return Boolean(process.env[tool])
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * What a file of tests of foreign tools says its tests by: `test` where all of them are there, `test.skip` where one is
 * not, with a word about it on standard error. Where CI is `true` none may lack.
 * @param tools programs on PATH, or, in capitals, variables that name something
 * @throws Error in CI, naming what lacks: the file of tests fails
 */
export function needs(...tools: string[]): typeof test | typeof test.skip {
  const lacking = tools.filter((each) => !isThere(each))
  if (lacking.length === 0) return test
  if (process.env.CI === 'true') throw new Error(`not found, and CI has all tools: ${lacking.join(', ')}`)
  process.stderr.write(`skipped for lack of ${lacking.join(', ')}\n`)
  return test.skip
}
