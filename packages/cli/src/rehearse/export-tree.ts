import { cp, rm } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { notice, type Problem } from '@slipway/core/problem'
import { askGit, git } from './git.ts'

/** What was copied. */
export interface Exported {
  /** What should be known of the choice. */
  notices: Problem[]
  /** Git knew every file, so that no ignore rule is to be asked again. */
  known: boolean
}

/** What a tree without a repository holds besides its sources. */
const NOT_SOURCES = new Set(['.git', 'target', 'node_modules', '.venv', 'venv', '__pycache__', '.slipway'])

/**
 * Copies a project into an empty folder: its last commit; with `dirty`, or where nothing is committed, its working tree.
 * @throws ProblemError when git fails
 */
export async function exportTree(ports: Ports, dir: string, to: string, dirty: boolean): Promise<Exported> {
  const top = await askGit(ports, dir, ['rev-parse', '--show-toplevel'])
  const committed = top.code === 0 && (await askGit(ports, dir, ['rev-parse', '--verify', 'HEAD:./'])).code === 0
  if (!committed) {
    await copySources(dir, to)
    const why = top.code === 0 ? 'nothing of it is committed yet' : 'it is in no git repository'
    const message = `The working tree of ${basename(dir)} is rehearsed: ${why}.`
    return { notices: [notice('working-tree', message, 'Commit before the release.')], known: false }
  }
  if (dirty) {
    await copyListed(dir, to, await git(ports, dir, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']))
    return { notices: [], known: true }
  }
  await checkOut(ports, dir, top.stdout.trim(), to)
  const clean = (await git(ports, dir, ['status', '--porcelain', '--', '.'])).trim() === ''
  const message = 'The last commit is rehearsed; changes since are not.'
  const notices = clean ? [] : [notice('changes-not-rehearsed', message, 'Commit them, or pass --dirty.')]
  return { notices, known: true }
}

async function copySources(dir: string, to: string): Promise<void> {
  const foreign = (path: string) =>
    relative(dir, path)
      .split(sep)
      .some((part) => NOT_SOURCES.has(part))
  await cp(dir, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path === dir || !foreign(path) })
}

async function copyListed(dir: string, to: string, list: string): Promise<void> {
  for (const file of list.split('\0').filter(Boolean)) {
    await cp(join(dir, file), join(to, file), { recursive: true, verbatimSymlinks: true }).catch((cause) => {
      // A file that git still lists may be deleted from the tree.
      if (cause.code !== 'ENOENT') throw cause
    })
  }
}

/** Writes a folder's part of the last commit through an index of its own; the user's index stays as it is. */
async function checkOut(ports: Ports, dir: string, top: string, to: string): Promise<void> {
  const index = { GIT_INDEX_FILE: join(to, '..', `${basename(to)}.index`) }
  try {
    await git(ports, dir, ['read-tree', 'HEAD:./'], index)
    // Written from the top: there, paths of the index are paths of the copy.
    await git(ports, top, ['checkout-index', '--all', '--force', `--prefix=${to}${sep}`], index)
  } finally {
    await rm(index.GIT_INDEX_FILE, { force: true })
  }
}
