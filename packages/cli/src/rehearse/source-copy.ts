import { cp, mkdir, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { requireFolder } from '@slipway/release/job/first-checks'
import type { PlanReleaseOptions } from '@slipway/release/plan/options'
import { planRelease } from '@slipway/release/plan/plan'
import { gitHistory } from '@slipway/toolchain/git-history'
import { exportTree } from './export-tree.ts'
import { git } from './git.ts'
import { inScratch, sweepScratch } from './scratch.ts'

/** The sources to rehearse: a separate repository with the project's files, one commit and its tag. */
export interface SourceCopy {
  /** The project that was copied, absolute. */
  project: string
  /** Folder of the copy. */
  dir: string
  /** Folder of this version and commit, which contains the copy. */
  work: string
  plan: Plan
  /** Time of the commit, in seconds since the epoch. */
  epoch: number
  /** Notices about files that the copy omits or adds. */
  notices: Problem[]
  /** The files that another job builds, with their paths in the project. */
  prebuilt: readonly { at: string; artifact: Artifact }[]
}

/** Time of every rehearsal's commit: 2020-01-01T00:00:00Z. */
const EPOCH = 1577836800

/** Ignores the user's configuration and a repository named by a hook, so that the copy is the same everywhere. */
const REPRODUCIBLE = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Slipway rehearsal',
  GIT_AUTHOR_EMAIL: 'rehearsal@example.invalid',
  GIT_AUTHOR_DATE: `${EPOCH} +0000`,
  GIT_COMMITTER_NAME: 'Slipway rehearsal',
  GIT_COMMITTER_EMAIL: 'rehearsal@example.invalid',
  GIT_COMMITTER_DATE: `${EPOCH} +0000`,
}

/** Options of a copy. */
export interface CopyOptions extends Pick<PlanReleaseOptions, 'isPublished'> {
  /** Folder of all versions' copies. */
  root: string
  /** Copy the working tree instead of the last commit. */
  dirty: boolean
  /** Files, by path, that the copy adds to the project's or replaces. */
  added?: Readonly<Record<string, string>>
}

/**
 * Copies a project's committed state into a folder under `root`, named by version and commit, and plans its release
 * there. With `dirty`, or outside a repository, it copies the working tree. A copy of the same content is reused.
 * @throws ProblemError when the folder is missing or git fails
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
    // The copy is a new repository, without the project's earlier releases.
    const planned = await planRelease(ports, fresh, { isPublished, history: await gitHistory(ports, dir) })
    const work = join(root, `${planned.version}-${commit.slice(0, 12)}`.replace(/[^\w.+-]/g, '_'))
    const copy = join(work, 'source')
    if (await stat(copy).catch(() => null)) await sweepScratch(work)
    else {
      if (planned.tag)
        await git(ports, fresh, ['tag', '--annotate', planned.tag, '--message', planned.tag], REPRODUCIBLE)
      await mkdir(work, { recursive: true })
      await rename(fresh, copy)
    }
    return { project: dir, dir: copy, work, plan: { ...planned, commit }, epoch: EPOCH, notices, prebuilt: [] }
  })
}

async function commitAll(ports: Ports, dir: string, force: boolean): Promise<string> {
  const config = ['-c', 'core.autocrlf=false', '-c', 'core.hooksPath=/dev/null']
  await git(ports, dir, [...config, 'init', '--quiet', '--initial-branch=main', '--template='], REPRODUCIBLE)
  await git(ports, dir, [...config, 'add', '--all', ...(force ? ['--force'] : [])], REPRODUCIBLE)
  await git(
    ports,
    dir,
    [...config, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Rehearsal'],
    REPRODUCIBLE,
  )
  return (await git(ports, dir, ['rev-parse', 'HEAD'], REPRODUCIBLE)).trim()
}

/** Runs `act` in a disposable copy of the sources, then removes it. */
export function inScratchCopy<T>(
  { dir, work }: Pick<SourceCopy, 'dir' | 'work'>,
  act: (copy: string) => Promise<T>,
): Promise<T> {
  return inScratch(work, async (copy) => {
    await cp(dir, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    return act(copy)
  })
}
