import { randomUUID } from 'node:crypto'
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import type { FileChange } from './bump.ts'

/** A file that is written beside the one whose place it takes. */
interface Written {
  temporary: string
  target: string
}

async function writeBeside(dir: string, { file, before, after }: FileChange): Promise<Written> {
  // A link stays one: the file that it leads to is what changes.
  const target = await realpath(path.join(dir, file))
  if (!(await readFile(target)).equals(Buffer.from(before))) {
    const message = `${file} is not UTF-8, or was changed by someone else just now: writing it would lose something.`
    throw new ProblemError(error('file-not-kept', message, 'Save it as UTF-8, and try again.', { file, line: 1 }))
  }
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`)
  try {
    await writeFile(temporary, after, { flag: 'wx', mode: (await stat(target)).mode })
  } catch (cause) {
    await rm(temporary, { force: true })
    throw cause
  }
  return { temporary, target }
}

function sameFile(changes: readonly FileChange[]): ProblemError {
  const names = changes.map((each) => each.file).join(', ')
  const message = `Two of ${names} are one file by a link: what changes in one would be lost by the other.`
  return new ProblemError(error('file-not-kept', message, 'Name the file itself, once, in slipway.toml.'))
}

/**
 * Writes changed files, each whole or not at all, and none before all are written beside their places.
 * @param dir the project's folder
 * @throws ProblemError `file-not-kept` when a file's bytes are not those that were read, with nothing changed
 */
export async function writeChanges(dir: string, changes: readonly FileChange[]): Promise<void> {
  const written: Written[] = []
  try {
    for (const change of changes) written.push(await writeBeside(dir, change))
    if (new Set(written.map((each) => each.target)).size < written.length) throw sameFile(changes)
    for (const { temporary, target } of written) await rename(temporary, target)
  } finally {
    // What was renamed is not there any more.
    await Promise.all(written.map(({ temporary }) => rm(temporary, { force: true })))
  }
}
