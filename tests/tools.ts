import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from '@jest/globals'

/** Returns whether a program is on PATH, or a variable is set. */
function isAvailable(tool: string): boolean {
  if (/^[A-Z_]+$/.test(tool)) return Boolean(process.env[tool])
  const program = process.platform === 'win32' ? `${tool}.exe` : tool
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * Returns `test` if all tools are available, otherwise `test.skip`, and reports missing tools on standard error.
 * @param tools programs on PATH, or, in capitals, variables
 * @throws Error with the missing tools if CI is `true`, because CI has all tools
 */
export function needs(...tools: string[]): typeof test | typeof test.skip {
  const missing = tools.filter((each) => !isAvailable(each))
  if (missing.length === 0) return test
  if (process.env.CI === 'true') throw new Error(`missing, but CI has all tools: ${missing.join(', ')}`)
  process.stderr.write(`skipped, because these are missing: ${missing.join(', ')}\n`)
  return test.skip
}
