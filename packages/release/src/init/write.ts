import { mkdir, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import { repositoryFolder } from '../readiness/workflow-logins.ts'

/** A file of the project that releases need. */
export interface InitFile {
  /** Relative to the project's folder. */
  file: string
  text: string
  /** `new`: to be written; `same`: exists with this text; `kept`: exists with another text, which stays. */
  state: 'new' | 'same' | 'kept'
}

/**
 * Writes the new files, and replaces none. If one cannot be written, those before it are removed again. Nothing outside of
 * the repository is written, not even through a link.
 * @param dir the project's folder, absolute
 * @throws ProblemError `file-not-written`
 */
export async function writeFiles(dir: string, files: readonly InitFile[]): Promise<void> {
  const top = (await repositoryFolder(dir)) ?? dir
  const written: string[] = []
  try {
    for (const { file, text } of files.filter((each) => each.state === 'new')) {
      const path = resolve(dir, file)
      await requireInside(dirname(path), top)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
      written.push(path)
    }
  } catch (cause) {
    await Promise.all(written.map((each) => rm(each)))
    if (cause instanceof ProblemError) throw cause
    const { code = '', path = '' } = cause as NodeJS.ErrnoException
    if (code === '') throw cause
    const message = `${path} cannot be written (${code}), so nothing was written.`
    throw new ProblemError(
      error('file-not-written', message, 'Fix the permissions, or move what is in the way.'),
      cause,
    )
  }
}

/** Checks that a folder, or the nearest existing one above it, is in the repository. */
async function requireInside(folder: string, top: string): Promise<void> {
  const real = await realpath(folder).catch(() => null)
  if (real === null) return requireInside(dirname(folder), top)
  const root = await realpath(top)
  if (real === root || real.startsWith(join(root, sep))) return
  const message = `${folder} is a link to a folder outside of the repository, so nothing was written.`
  throw new ProblemError(error('file-not-written', message, 'Replace the link by a folder.'))
}
