import { access, constants, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'

/** Writes a value as JSON to the file that the user named. */
export type WriteJson = (value: unknown) => Promise<void>

/**
 * Checks up front that a file can be written, and returns the function that writes it. Without a file, that does
 * nothing.
 * @throws ProblemError when its folder is missing or not writable
 */
export async function jsonFile(file: string | undefined): Promise<WriteJson> {
  if (file === undefined) return async () => {}
  await access(dirname(resolve(file)), constants.W_OK).catch((cause) => {
    const message = `${file} cannot be written: ${(cause as NodeJS.ErrnoException).code}.`
    throw new ProblemError(error('json-file', message, 'Name a file in an existing, writable folder.'), cause)
  })
  return async (value) => {
    const text = `${JSON.stringify(value, null, 2)}\n`
    const existing = await stat(file).catch(() => null)
    // A pipe or a terminal cannot be replaced.
    if (existing && !existing.isFile()) return writeFile(file, text)
    // The rename makes the whole file appear at once. It may hold tokens.
    await writeFile(`${file}.${process.pid}.new`, text, { mode: 0o600 })
    await rename(`${file}.${process.pid}.new`, file)
  }
}
