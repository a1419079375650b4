import { access, constants, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'

/** Writes a value as JSON into the file that was asked for. */
export type WriteJson = (value: unknown) => Promise<void>

/**
 * Makes sure, before anything is done, that a file can be written at its end. Without a file nothing is written.
 * @throws ProblemError when its folder is missing or closed
 */
export async function jsonFile(file: string | undefined): Promise<WriteJson> {
  if (file === undefined) return async () => {}
  await access(dirname(resolve(file)), constants.W_OK).catch((cause) => {
    const message = `${file} cannot be written: ${(cause as NodeJS.ErrnoException).code}.`
    throw new ProblemError(error('json-file', message, 'Name a file in a folder that exists.'), cause)
  })
  return async (value) => {
    const text = `${JSON.stringify(value, null, 2)}\n`
    const there = await stat(file).catch(() => null)
    // A pipe or a terminal cannot be replaced.
    if (there && !there.isFile()) return writeFile(file, text)
    // Who waits for the file finds it whole. It may hold tokens.
    await writeFile(`${file}.${process.pid}.new`, text, { mode: 0o600 })
    await rename(`${file}.${process.pid}.new`, file)
  }
}
