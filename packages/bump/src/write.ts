import { randomUUID } from 'node:crypto'
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import type { FileChange } from './bump.ts'

/** A temporary file, written beside the file it will replace. */
interface Replacement {
  temporary: string
  target: string
}

async function writeBeside(dir: string, { file, before, after }: FileChange): Promise<Replacement> {
  // A link stays a link: its target changes.
  const target = await realpath(path.join(dir, file))
  if (!(await readFile(target)).equals(Buffer.from(before))) {
    const message = `${file} is not UTF-8 or was changed during the bump, so writing it would lose data.`
    throw new ProblemError(error('file-not-kept', message, 'Save it as UTF-8 and try again.', { file, line: 1 }))
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
  const message = `Two of ${names} are links to one file, so one change would overwrite the other.`
  return new ProblemError(error('file-not-kept', message, 'Name the file itself in slipway.toml, only once.'))
}

/**
 * Writes changed files, each completely or not at all: all are first written beside the old files, then renamed.
 * @param dir the project's folder
 * @throws ProblemError `file-not-kept` if a file's bytes differ from those read; nothing is changed then
 */
export async function writeChanges(dir: string, changes: readonly FileChange[]): Promise<void> {
  const replacements: Replacement[] = []
  try {
    for (const change of changes) replacements.push(await writeBeside(dir, change))
    if (new Set(replacements.map((each) => each.target)).size < replacements.length) throw sameFile(changes)
    for (const { temporary, target } of replacements) await rename(temporary, target)
  } finally {
    // Renamed files no longer exist under their temporary names.
    await Promise.all(replacements.map(({ temporary }) => rm(temporary, { force: true })))
  }
}
