import { cp, mkdir, mkdtemp, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Command, Finished, Ports } from '@slipway/core/ports'
import { error, notice, type Problem, ProblemError } from '@slipway/core/problem'
import { planRelease, requireFolder } from '@slipway/release/plan'

/** What is rehearsed: a repository of its own with the project's files, one commit and its tag. */
export interface SourceCopy {
  /** Folder of the copy. */
  dir: string
  /** Folder that belongs to this version and commit; the copy is in it. */
  work: string
  plan: Plan
  /** Seconds since the epoch of the commit. */
  epoch: number
  /** What was left out of the copy, or taken in, and should be known. */
  notices: Problem[]
}

/** The commit's time, the same for every rehearsal: 2020-01-01T00:00:00Z. */
const EPOCH = 1577836800

/** What a tree without a repository holds besides its sources. */
const NOT_SOURCES = new Set(['.git', 'target', 'node_modules', '.venv', 'venv', '__pycache__', '.slipway'])

/** No configuration of the user's, and no repository that a hook named: the copy must come out the same everywhere. */
const OWN_REPOSITORY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Slipway rehearsal',
  GIT_AUTHOR_EMAIL: 'rehearsal@example.invalid',
  GIT_AUTHOR_DATE: `${EPOCH} +0000`,
  GIT_COMMITTER_NAME: 'Slipway rehearsal',
  GIT_COMMITTER_EMAIL: 'rehearsal@example.invalid',
  GIT_COMMITTER_DATE: `${EPOCH} +0000`,
}
const ANY_REPOSITORY = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined }

/**
 * Copies a project's committed state (with `dirty`, or where there is no repository, its working tree) into a folder
 * under `root`, named by version and commit, and plans its release there. A copy of the same content is used again.
 * @throws ProblemError when there is no such folder, or git fails
 */
export async function copySource(
  ports: Ports,
  dir: string,
  { root, dirty }: { root: string; dirty: boolean },
): Promise<SourceCopy> {
  await requireFolder(dir)
  await mkdir(root, { recursive: true })
  const fresh = await mkdtemp(join(root, 'copy-'))
  try {
    const notices = await exportTree(ports, await realpath(dir), fresh, dirty)
    const commit = await commitAll(ports, fresh)
    const planned = await planRelease(ports, fresh)
    const work = join(root, `${planned.version}-${commit.slice(0, 12)}`.replace(/[^\w.+-]/g, '_'))
    const copy = join(work, 'source')
    if (!(await stat(copy).catch(() => null))) {
      if (planned.tag)
        await git(ports, fresh, ['tag', '--annotate', planned.tag, '--message', planned.tag], OWN_REPOSITORY)
      await mkdir(work, { recursive: true })
      await rename(fresh, copy)
    }
    return { dir: copy, work, plan: { ...planned, commit }, epoch: EPOCH, notices }
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function exportTree(ports: Ports, dir: string, to: string, dirty: boolean): Promise<Problem[]> {
  const top = await run(ports, dir, ['rev-parse', '--show-toplevel'])
  const committed = top.code === 0 && (await run(ports, dir, ['rev-parse', '--verify', 'HEAD:./'])).code === 0
  if (!committed) {
    await copyTree(dir, to)
    const why = top.code === 0 ? 'nothing of it is committed yet' : 'it is in no git repository'
    return [
      notice(
        'working-tree',
        `The working tree of ${basename(dir)} is rehearsed: ${why}.`,
        'Commit before the release.',
      ),
    ]
  }
  if (dirty) {
    const files = (await git(ports, dir, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])).stdout
    for (const file of files.split('\0').filter(Boolean)) {
      // A file that git still lists may be deleted from the tree.
      await cp(join(dir, file), join(to, file), { recursive: true, verbatimSymlinks: true }).catch(ignoreMissing)
    }
    return []
  }
  const index = { GIT_INDEX_FILE: join(to, '..', `${basename(to)}.index`) }
  try {
    await git(ports, dir, ['read-tree', 'HEAD:./'], index)
    // Written from the top: there, paths of the index are paths of the copy.
    await git(ports, top.stdout.trim(), ['checkout-index', '--all', '--force', `--prefix=${to}${sep}`], index)
  } finally {
    await rm(index.GIT_INDEX_FILE, { force: true })
  }
  const changes = (await git(ports, dir, ['status', '--porcelain', '--', '.'])).stdout.trim()
  return changes === ''
    ? []
    : [
        notice(
          'changes-not-rehearsed',
          'The last commit is rehearsed; changes since are not.',
          'Commit them, or pass --dirty.',
        ),
      ]
}

function ignoreMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause
}

async function copyTree(dir: string, to: string): Promise<void> {
  const filter = (path: string) =>
    path === dir ||
    !relative(dir, path)
      .split(sep)
      .some((part) => NOT_SOURCES.has(part))
  await cp(dir, to, { recursive: true, verbatimSymlinks: true, filter })
}

async function commitAll(ports: Ports, dir: string): Promise<string> {
  const own = ['-c', 'core.autocrlf=false', '-c', 'core.hooksPath=/dev/null']
  await git(ports, dir, [...own, 'init', '--quiet', '--initial-branch=main', '--template='], OWN_REPOSITORY)
  await git(ports, dir, [...own, 'add', '--all', '--force'], OWN_REPOSITORY)
  await git(
    ports,
    dir,
    [...own, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Rehearsal'],
    OWN_REPOSITORY,
  )
  return (await git(ports, dir, ['rev-parse', 'HEAD'], OWN_REPOSITORY)).stdout.trim()
}

function run(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<Finished> {
  return ports.exec({ argv: ['git', ...args], cwd, env: { ...ANY_REPOSITORY, ...env } })
}

async function git(ports: Ports, cwd: string, args: string[], env: Command['env'] = {}): Promise<Finished> {
  const finished = await run(ports, cwd, args, env)
  if (finished.code === 0) return finished
  const verb = args.find((each) => /^[a-z]+(-[a-z]+)?$/.test(each))
  throw new ProblemError(
    error('git-failed', `git ${verb} failed: ${finished.stderr.trim()}`, 'Mend what git says, then run again.'),
  )
}
