import { resolve } from 'node:path'
import { type Bump, planBump } from '@slipway/bump/bump'
import { unifiedDiff } from '@slipway/bump/unified-diff'
import { writeChanges } from '@slipway/bump/write'
import { error, ProblemError } from '@slipway/core/problem'
import { requireFolder } from '@slipway/release/job/first-checks'
import { isDirty } from '@slipway/toolchain/git'
import { gitHistory } from '@slipway/toolchain/git-history'
import { MAX_MENTIONS_SHOWN } from './limits.ts'
import { processPorts } from './ports.ts'
import { showProblems } from './problems.ts'
import { paint, plain, type Terminal, terminalOf } from './terminal.ts'
import { COMMANDS } from './usage.ts'
import { UsageError } from './usage-error.ts'

/** Runs `slipway bump`. */
export async function run(
  [version, folder = '.']: string[],
  options: { check?: boolean; dirty?: boolean; 'allow-older'?: boolean; only?: string },
): Promise<number> {
  if (version === undefined) throw new UsageError('bump needs a version.', COMMANDS.bump.usage)
  const dir = resolve(folder)
  await requireFolder(dir)
  const ports = processPorts({ info() {}, debug() {}, problem() {} })
  const { 'allow-older': allowOlder, only } = options
  const history = await gitHistory(ports, dir)
  const bump = await planBump(dir, version, { now: ports.clock.now(), allowOlder, only, history })
  const terminal = terminalOf(process.stdout, process.env)
  if (bump.changes.length === 0) {
    const isDone = bump.problems.every((each) => each.severity === 'notice')
    terminal.write(`The version is ${isDone ? `${bump.to}: nothing to change` : `already ${bump.to}`}.\n`)
    showRemaining(bump)
    return 0
  }
  if (!options.check) {
    if (!options.dirty && (await isDirty(ports, dir))) throw dirty()
    await writeChanges(dir, bump.changes)
  }
  for (const { file, before, after } of bump.changes) showDiff(terminal, unifiedDiff(file, before, after))
  showRemaining(bump)
  const count = `${bump.changes.length} ${bump.changes.length === 1 ? 'file' : 'files'}`
  const would = options.check ? 'would change' : 'changed'
  terminal.write(`\n${bump.from} -> ${bump.to}: ${count} ${would}.\n`)
  showMentions(terminal, bump)
  if (!options.check) terminal.write(`Review the changes, commit them, and tag the commit ${plain(bump.tag)}.\n`)
  return options.check ? 1 : 0
}

function dirty(): ProblemError {
  const message = 'The working tree has uncommitted changes, which would end up in the same commit as the new version.'
  return new ProblemError(error('working-tree-dirty', message, 'Commit or stash them, or pass --dirty.'))
}

/** Lists the lines that still show the old version. */
function showMentions(terminal: Terminal, { from, mentions }: Bump): void {
  if (mentions.length === 0) return
  const shown = mentions.slice(0, MAX_MENTIONS_SHOWN).map(({ file, line }) => `  ${plain(file)}:${line}\n`)
  const more = mentions.length - shown.length
  terminal.write(
    `Lines that still show ${from} (to change them in a bump, add \`[[version-files]]\` to slipway.toml):\n${shown.join('')}${more > 0 ? `  and ${more} more\n` : ''}`,
  )
}

/** Shows the remaining problems on standard error; standard output has only the changes. */
function showRemaining({ problems, names }: Bump): void {
  showProblems(terminalOf(process.stderr, process.env), problems, names)
}

const COLORS = { '-': 'red', '+': 'green', '@': 'blue' } as const

function showDiff(terminal: Terminal, diff: string): void {
  for (const line of diff.trimEnd().split('\n')) {
    const color = COLORS[line[0] as keyof typeof COLORS]
    const text = plain(line)
    terminal.write(`${color && terminal.color ? paint(terminal, color, text) : text}\n`)
  }
}
