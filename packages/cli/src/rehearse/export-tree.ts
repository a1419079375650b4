import { cp, rm } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { notice, type Problem } from '@slipway/core/problem'
import { askGit, git } from './git.ts'

/** The result of a copy. */
export interface Exported {
  /** Notices about the chosen state. */
  notices: Problem[]
  /** Whether git listed every file, so that ignore rules need not be applied again. */
  known: boolean
}

/** Folders without sources, for trees outside a repository. */
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
    const why = top.code === 0 ? 'nothing is committed yet' : 'it is not in a git repository'
    const message = `Slipway rehearses the working tree of ${basename(dir)}: ${why}.`
    return { notices: [notice('working-tree', message, 'Commit before the release.')], known: false }
  }
  if (dirty) {
    await copyListed(dir, to, await git(ports, dir, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']))
    return { notices: [], known: true }
  }
  await checkOut(ports, dir, top.stdout.trim(), to)
  const clean = (await git(ports, dir, ['status', '--porcelain', '--', '.'])).trim() === ''
  const message = 'Slipway rehearses the last commit, without the uncommitted changes.'
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

/** Writes a folder's part of the last commit through a separate index, so the user's index stays unchanged. */
async function checkOut(ports: Ports, dir: string, top: string, to: string): Promise<void> {
  const index = { GIT_INDEX_FILE: join(to, '..', `${basename(to)}.index`) }
  try {
    await git(ports, dir, ['read-tree', 'HEAD:./'], index)
    // From the top, the paths of the index are the paths of the copy.
    await git(ports, top, ['checkout-index', '--all', '--force', `--prefix=${to}${sep}`], index)
  } finally {
    await rm(index.GIT_INDEX_FILE, { force: true })
  }
}
