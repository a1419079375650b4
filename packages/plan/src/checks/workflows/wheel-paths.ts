import { type Problem, type Where, warning } from '@slipway/core/problem'
import { folderOf, join } from '@slipway/documents/paths'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Job, Step } from '@slipway/documents/workflows/jobs'
import type { Subject } from '../check.ts'
import { BY_MATURIN, isUploadAction, outputFolder } from './built-files.ts'

/** The default output folder of maturin. */
const WHEELS = 'target/wheels'
const TARGET_DIR = /--target-dir|CARGO_(?:BUILD_)?TARGET_DIR/

/** Returns the path within the checkout of a path that is relative to `folder`, or starts with the workspace variable. */
function within(folder: string, path: string): string {
  const [named] = /^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?GITHUB_WORKSPACE\}?)\/?/.exec(path) ?? []
  return named === undefined ? join(folder, path) : join('.', path.slice(named.length))
}

/** Whether a step may put wheels into a target folder in another way than by a default build. */
function mayFillTargetFolder({ action, run, env, input }: Step): boolean {
  const args = input('args')?.text ?? ''
  if (TARGET_DIR.test(`${run} ${args}`) || [...env.keys()].some((each) => TARGET_DIR.test(each))) return true
  if (/\/maturin-action$/.test(action) && input('command')?.text !== 'sdist' && outputFolder(` ${args}`) !== null)
    return true
  if (!isUploadAction({ action }) && input('path')?.text.includes(WHEELS)) return true
  return run
    .replace(/\\\n/g, ' ')
    .split('\n')
    .some((line) => {
      const isMove =
        /\b(?:cp|mv|ln|mkdir|rsync|install|tar|unzip)\b/.test(line) && /target\/wheels\/?["']?\s*$/.test(line)
      const folder = BY_MATURIN.test(line) || line.includes(WHEELS) ? outputFolder(line) : null
      return isMove || (folder !== null && (BY_MATURIN.test(line) || folder.includes(WHEELS)))
    })
}

/** Yields the paths in target folders that commands name, within the checkout; stops where their folder is unknown. */
function* targetPaths(commands: readonly ShellCommand[], start: string): Generator<{ path: string; line: number }> {
  let folder = start
  for (const { words, line, before, after } of commands) {
    const [name = '', to = ''] = words
    if (
      /[()]/.test(before + after) ||
      words.some((each, at) => /^(?:pushd|popd|cd)$/.test(each) && (at > 0 || each !== 'cd'))
    )
      return
    if (name === 'cd') {
      folder = within(folder, unquoted(to))
      if (to === '' || /^["']?[-~/]/.test(to) || folder.includes('$')) return
    } else if (!/^(?:echo|rm)$/.test(name)) {
      for (const word of words.filter((each) => each.includes(WHEELS)))
        for (const path of word.split(/[\s"'=]+/)) yield { path: within(folder, path), line }
    }
  }
}

/** Yields the paths of possible wheels that a step reads, within the checkout. */
function* readPaths(step: Step): Generator<{ path: string; where: Where }> {
  for (const name of isUploadAction(step) ? ['path', 'files', 'packages-dir', 'packages_dir'] : []) {
    const input = step.input(name)
    for (const each of input?.text.split('\n') ?? [])
      if (input) yield { path: within('.', each.trim()), where: input.where }
  }
  if (!step.run.includes(WHEELS)) return
  for (const { path, line } of targetPaths(shellCommands(step.run), step.folder))
    yield { path, where: { file: step.where.file, line: step.runLine + line } }
}

/** Reports wheels that are read from a member's own target folder: cargo builds members into that of the workspace. */
export function wheelsElsewhere({ steps, env }: Job, { project }: Subject): Problem[] {
  const members = project.crates.filter((each) => each.workspace.file !== each.manifest.file)
  const isElsewhere = [...env.keys()].some((each) => TARGET_DIR.test(each)) || steps.some(mayFillTargetFolder)
  if (members.length === 0 || isElsewhere) return []
  return steps.flatMap((step) => {
    for (const { path, where } of readPaths(step)) {
      const [, before] = /^(.*?)\/?target\/wheels(?:\/|$)/.exec(path) ?? []
      const member = members.find((each) => each.path === before && before !== '.')
      if (!member) continue
      const top = folderOf(member.workspace.file)
      const message = `There are no wheels in ${path}: ${member.path} is a workspace member, so they are in ${join(top, WHEELS)}.`
      const hint = 'Build with `maturin build --out dist` and use that folder, or correct the path.'
      return [warning('workflow-wheels-elsewhere', message, hint, where)]
    }
    return []
  })
}
