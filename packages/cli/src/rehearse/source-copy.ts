import { cp, mkdir, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { type PlanReleaseOptions, planRelease, requireFolder } from '@slipway/release/plan'
import { exportTree } from './export-tree.ts'
import { git } from './git.ts'
import { inScratch, sweepScratch } from './scratch.ts'

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

/** How a project is copied. */
export interface CopyOptions extends Pick<PlanReleaseOptions, 'isPublished'> {
  /** Folder for the copies of all versions. */
  root: string
  /** Take the working tree, not the last commit. */
  dirty: boolean
  /** Texts that the copy has besides the project's files, or in place of them, by path. */
  added?: Readonly<Record<string, string>>
}

/**
 * Copies a project's committed state (with `dirty`, or where there is no repository, its working tree) into a folder
 * under `root`, named by version and commit, and plans its release there. A copy of the same content is used again.
 * @throws ProblemError when there is no such folder, or git fails
 */
export async function copySource(
  ports: Ports,
  dir: string,
  { root, dirty, isPublished, added = {} }: CopyOptions,
): Promise<SourceCopy> {
  await requireFolder(dir)
  await mkdir(root, { recursive: true })
  await sweepScratch(root)
  return inScratch(root, async (fresh) => {
    const { notices, known } = await exportTree(ports, await realpath(dir), fresh, dirty)
    for (const [file, text] of Object.entries(added)) {
      await mkdir(dirname(join(fresh, file)), { recursive: true })
      await writeFile(join(fresh, file), text)
    }
    const commit = await commitAll(ports, fresh, known)
    const planned = await planRelease(ports, fresh, { isPublished })
    const work = join(root, `${planned.version}-${commit.slice(0, 12)}`.replace(/[^\w.+-]/g, '_'))
    const copy = join(work, 'source')
    if (await stat(copy).catch(() => null)) await sweepScratch(work)
    else {
      if (planned.tag)
        await git(ports, fresh, ['tag', '--annotate', planned.tag, '--message', planned.tag], OWN_REPOSITORY)
      await mkdir(work, { recursive: true })
      await rename(fresh, copy)
    }
    return { dir: copy, work, plan: { ...planned, commit }, epoch: EPOCH, notices }
  })
}

async function commitAll(ports: Ports, dir: string, force: boolean): Promise<string> {
  const own = ['-c', 'core.autocrlf=false', '-c', 'core.hooksPath=/dev/null']
  await git(ports, dir, [...own, 'init', '--quiet', '--initial-branch=main', '--template='], OWN_REPOSITORY)
  await git(ports, dir, [...own, 'add', '--all', ...(force ? ['--force'] : [])], OWN_REPOSITORY)
  await git(
    ports,
    dir,
    [...own, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Rehearsal'],
    OWN_REPOSITORY,
  )
  return (await git(ports, dir, ['rev-parse', 'HEAD'], OWN_REPOSITORY)).trim()
}

/** Gives `act` a copy of the sources in which it may leave what it likes, and removes it afterwards. */
export function inScratchCopy<T>(
  { dir, work }: Pick<SourceCopy, 'dir' | 'work'>,
  act: (copy: string) => Promise<T>,
): Promise<T> {
  return inScratch(work, async (copy) => {
    await cp(dir, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    return act(copy)
  })
}
