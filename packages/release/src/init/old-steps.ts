import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Job, Step } from '@slipway/documents/workflows/jobs'
import { scriptsIn, writeOfAction, writesOfCommands } from '@slipway/project/evidence/writes'
import { MAX_STEP_CHARACTERS_SHOWN } from '../limits.ts'
import {
  ACTION_RULES,
  type Becomes,
  COMMAND_RULES,
  SEPARATE,
  type StepRule,
  TRIVIAL,
  WRITE_RULES,
} from './step-rules.ts'

/** A step of a hand-made workflow, and what becomes of it. */
export interface OldStep {
  where: Where
  /** The command or action: `cargo publish -p demo`. */
  what: string
  becomes: Becomes
  /** How Slipway does it, or where the step can go. */
  how: string
  /** Whether it publishes: a crate, package, image or release. */
  publishes: boolean
  /** The whole command, if the gate can run such a command. */
  gate?: string
}

/** What Slipway publishes, by the action that does. */
const PUBLISHING: readonly Becomes[] = ['publish-crate', 'publish-pypi', 'push-image', 'create-release']

const UNKNOWN_COMMAND =
  'A check: add it to `gate` in slipway.toml, or call it from a script there. Else keep it in a separate workflow.'
const UNKNOWN_ACTION = 'If it follows the release, keep it in a job that needs the last one of the new workflow.'

/** Returns what becomes of the steps of a job, in their order. @param folder the repository, for scripts that steps call */
export async function oldSteps({ uses, steps }: Job, folder: Folder): Promise<OldStep[]> {
  if (uses) return [calledWorkflow(uses)]
  const found = await Promise.all(
    steps.map(async (step) =>
      step.uses ? [ofAction(step)] : [...ofCommands(step), ...(await ofScripts(step, folder))],
    ),
  )
  return found.flat()
}

function calledWorkflow({ text, where }: { text: string; where: Where }): OldStep {
  const isOwn = text.startsWith('./')
  const how = isOwn ? 'Its steps are listed at its own lines.' : UNKNOWN_ACTION
  return { where, what: text, becomes: isOwn ? 'nothing' : 'yours', how, publishes: false }
}

/** Returns a row. @param writes whether the step writes to a remote */
function row(
  where: Where,
  what: string,
  { becomes, how }: Pick<StepRule, 'becomes' | 'how'>,
  writes: boolean,
): OldStep {
  const short = what.length > MAX_STEP_CHARACTERS_SHOWN ? `${what.slice(0, MAX_STEP_CHARACTERS_SHOWN - 1)}…` : what
  return { where, what: short, becomes, how, publishes: writes && PUBLISHING.includes(becomes) }
}

function ofAction(step: Step): OldStep {
  const { action, where, uses } = step
  const what = uses?.text ?? action
  const write = writeOfAction(step)
  // maturin-action and actions-rs/cargo run a command that an input names.
  const tool = /\/(maturin|cargo)(?:-action)?$/.exec(action)?.[1]
  const command = step.setting('command')
  if (tool !== undefined && command !== null) {
    const text = `${tool} ${command} ${step.setting('args') ?? ''}`.trim()
    const [found] = ofText(text, where)
    if (found) return { ...found, what: `${what} (${tool} ${command})` }
  }
  const rule = ACTION_RULES.find(({ pattern }) => pattern.test(action)) ?? {
    becomes: 'yours' as const,
    how: write === null ? UNKNOWN_ACTION : SEPARATE,
  }
  return row(where, what, rule, write !== null)
}

/** Returns what becomes of a step's commands; of one command that only arranges others if there is nothing else. */
function ofCommands({ run, runLine, where: { file }, name, where }: Step): OldStep[] {
  const found = ofText(run, { file, line: runLine })
  if (found.length > 0) return found
  const isAboutTag = /GITHUB_REF|github\.ref|GITHUB_OUTPUT|changelog/i.test(run)
  const [first = ''] = run.trim().split('\n')
  const rule = isAboutTag
    ? { becomes: 'plan' as const, how: 'The plan takes the version from the tag, and the notes from the changelog.' }
    : { becomes: 'yours' as const, how: UNKNOWN_COMMAND }
  return [row(where, name || first, rule, false)]
}

async function ofScripts(step: Step, folder: Folder): Promise<OldStep[]> {
  const scripts = await scriptsIn(step, folder)
  return scripts.flatMap(({ file, text }) => ofText(text, { file, line: 1 }).filter((each) => each.publishes))
}

/** Returns what becomes of the commands in a text, each kind once. @param start its first line */
function ofText(text: string, { file, line: start }: Where): OldStep[] {
  const writes = writesOfCommands(text)
  const found: OldStep[] = []
  const add = (each: OldStep) => {
    const isKnown = found.some(({ what, how }) => how === each.how && (!each.publishes || what === each.what))
    if (!isKnown || each.gate !== undefined) found.push(each)
  }
  for (const { words, line } of shellCommands(text)) {
    const all = words.map(unquoted)
    // Assignments and `sudo` come before the command.
    const command = all.slice(
      all.findIndex((each) => !/^[A-Za-z_]\w*=|^(?:sudo|env|time|exec|then|do|else|if|!)$/.test(each)),
    )
    const [program = ''] = command
    const where = { file, line: start + line }
    const what = command.join(' ')
    const write = writes.find((each) => each.line === line && what.includes(each.what.split(' ')[0] ?? ''))
    if (write) {
      writes.splice(writes.indexOf(write), 1)
      add(row(where, what, writeRule(write.what, what), true))
    } else if (!TRIVIAL.test(program)) add(ofCommand(where, what, words.join(' ')))
  }
  // Commands that a shell reads: from a here-document, say.
  for (const { what, line } of writes) add(row({ file, line: start + line }, what, writeRule(what, what), true))
  return found
}

/** Returns the rule for a command that writes to a remote. @param name as in `writesOfCommands` */
function writeRule(name: string, command: string): Pick<StepRule, 'becomes' | 'how'> {
  const reads = name === 'gh release' && !/\b(?:create|upload|edit)\b/.test(command)
  const rules = reads ? COMMAND_RULES : WRITE_RULES
  return rules.find(({ pattern }) => pattern.test(name)) ?? { becomes: 'yours', how: SEPARATE }
}

function ofCommand(where: Where, what: string, written: string): OldStep {
  const rule = COMMAND_RULES.find(({ pattern }) => pattern.test(what))
  const found = row(where, what, rule ?? { becomes: 'yours', how: UNKNOWN_COMMAND }, false)
  return rule?.isGate ? { ...found, gate: written } : found
}
