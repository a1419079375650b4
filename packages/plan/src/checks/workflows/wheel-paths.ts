import { type Problem, type Where, warning } from '@slipway/core/problem'
import { folderOf, join } from '@slipway/documents/paths'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Subject } from '../check.ts'
import { BY_MATURIN, handedOn, toldFolder } from './built-files.ts'
import type { Job, Step } from './jobs.ts'

/** Where maturin puts wheels that it is told no other place for. */
const WHEELS = 'target/wheels'
const TARGET_DIR = /--target-dir|CARGO_(?:BUILD_)?TARGET_DIR/

/** A path within the checkout, of what is relative to a folder of it, or begins with the name of the checkout. */
function within(folder: string, path: string): string {
  const [named] = /^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?GITHUB_WORKSPACE\}?)\/?/.exec(path) ?? []
  return named === undefined ? join(folder, path) : join('.', path.slice(named.length))
}

/** Whether something of a step may put wheels into a target folder, other than a build to where cargo has it by itself. */
function mayPutThere({ action, run, env, input }: Step): boolean {
  const args = input('args')?.text ?? ''
  if (TARGET_DIR.test(`${run} ${args}`) || [...env.keys()].some((each) => TARGET_DIR.test(each))) return true
  if (/\/maturin-action$/.test(action) && input('command')?.text !== 'sdist' && toldFolder(` ${args}`) !== null)
    return true
  if (!handedOn({ action }) && input('path')?.text.includes(WHEELS)) return true
  return run
    .replace(/\\\n/g, ' ')
    .split('\n')
    .some((line) => {
      const isMove =
        /\b(?:cp|mv|ln|mkdir|rsync|install|tar|unzip)\b/.test(line) && /target\/wheels\/?["']?\s*$/.test(line)
      const folder = BY_MATURIN.test(line) || line.includes(WHEELS) ? toldFolder(line) : null
      return isMove || (folder !== null && (BY_MATURIN.test(line) || folder.includes(WHEELS)))
    })
}

/** What commands name in target folders, within the checkout: up to where the folder they run in is not known. */
function* named(commands: readonly ShellCommand[], start: string): Generator<{ path: string; line: number }> {
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

/** What a step takes, that may be wheels, within the checkout. */
function* taken(step: Step): Generator<{ path: string; where: Where }> {
  for (const name of handedOn(step) ? ['path', 'files', 'packages-dir', 'packages_dir'] : []) {
    const given = step.input(name)
    for (const each of given?.text.split('\n') ?? [])
      if (given) yield { path: within('.', each.trim()), where: given.where }
  }
  if (!step.run.includes(WHEELS)) return
  for (const { path, line } of named(shellCommands(step.run), step.folder))
    yield { path, where: { file: step.where.file, line: step.runLine + line } }
}

/** cargo builds a member into the target folder of its workspace, so there is none in the member's own folder. */
export function wheelsElsewhere({ steps, env }: Job, { project }: Subject): Problem[] {
  const members = project.crates.filter((each) => each.workspace.file !== each.manifest.file)
  const isElsewhere = [...env.keys()].some((each) => TARGET_DIR.test(each)) || steps.some(mayPutThere)
  if (members.length === 0 || isElsewhere) return []
  return steps.flatMap((step) => {
    for (const { path, where } of taken(step)) {
      const [, before] = /^(.*?)\/?target\/wheels(?:\/|$)/.exec(path) ?? []
      const member = members.find((each) => each.path === before && before !== '.')
      if (!member) continue
      const top = folderOf(member.workspace.file)
      const message = `Nothing is at ${path}: ${member.path} is a member of a workspace, so its wheels are in ${join(top, WHEELS)}.`
      const hint = 'Build with `maturin build --out dist` and take them from there, or correct the path.'
      return [warning('workflow-wheels-elsewhere', message, hint, where)]
    }
    return []
  })
}
