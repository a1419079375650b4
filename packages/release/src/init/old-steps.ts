import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import { type Job, type Step, stepsOf } from '@slipway/documents/workflows/jobs'
import { readWorkflow } from '@slipway/documents/workflows/read-workflow'
import { YamlError } from '@slipway/documents/yaml'
import { scriptsIn } from '@slipway/project/evidence/scripts'
import { writeOfAction, writesOfCommand } from '@slipway/project/evidence/writes'
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

/** How an unknown step goes on, by its place in the workflow. */
const BEFORE =
  'If it is a check, add it to `gate` in slipway.toml, or call it from a script there. Otherwise keep it in a separate workflow.'
const AFTER = 'If it follows the release, put it into a job of the new workflow that needs its last job.'

/** A repository, and the project in it. */
export interface Place {
  /** The repository, for scripts that steps call. */
  folder: Folder
  /** Folder of the project in it. */
  path: string
}

/** Returns what becomes of the steps of a workflow's jobs, in their order. */
export async function oldSteps(jobs: readonly Job[], place: Place): Promise<OldStep[]> {
  const found = (await Promise.all(jobs.map((each) => ofJob(each, place)))).flat()
  const first = found.findIndex((each) => each.publishes)
  return found.map((each, at) =>
    each.how === '' ? { ...each, how: first !== -1 && at > first ? AFTER : BEFORE } : each,
  )
}

async function ofJob({ uses, steps }: Job, { folder, path }: Place): Promise<OldStep[]> {
  if (uses) return [calledWorkflow(uses)]
  const found = await Promise.all(
    steps.map(async (step) => {
      if (step.uses) return [ofAction(step), ...(await ofLocalAction(step, folder))]
      const commands = ofCommands(step).map(({ gate, ...each }) => {
        return gate !== undefined && join(step.folder) === path ? { ...each, gate } : each
      })
      return [...commands, ...(await ofScripts(step, folder))]
    }),
  )
  return found.flat()
}

function calledWorkflow({ text, where }: { text: string; where: Where }): OldStep {
  const isOwn = text.startsWith('./')
  const how = isOwn ? 'Its steps are listed at their lines.' : ''
  return { where, what: text, becomes: isOwn ? 'nothing' : 'yours', how, publishes: false }
}

/** Returns a row. @param writes whether the step writes to a remote */
function row(
  where: Where,
  what: string,
  { becomes, how }: Pick<StepRule, 'becomes' | 'how'>,
  writes: boolean,
): OldStep {
  const line = what.replace(/\s+/g, ' ')
  const short = line.length > MAX_STEP_CHARACTERS_SHOWN ? `${line.slice(0, MAX_STEP_CHARACTERS_SHOWN - 1)}…` : line
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
    how: write === null ? '' : SEPARATE,
  }
  return row(where, what, rule, write !== null)
}

/** Returns what becomes of a step's commands; one row for a step whose commands only arrange others. */
function ofCommands({ run, runLine, where: { file }, name, where }: Step): OldStep[] {
  const found = ofText(run, { file, line: runLine })
  const [first = ''] = run.trim().split('\n')
  return found.length > 0 ? found : [row(where, name || first, { becomes: 'yours', how: '' }, false)]
}

/** Returns the publishing steps of an action of the project itself. */
async function ofLocalAction({ uses }: Step, folder: Folder): Promise<OldStep[]> {
  if (!uses?.text.startsWith('./')) return []
  const files = ['action.yml', 'action.yaml'].map((each) => join(uses.text, each))
  const read = await Promise.all(files.map((each) => readWorkflow(folder, each)))
  const document = read.find((each) => each !== null)
  if (!document || document instanceof YamlError) return []
  const steps = stepsOf(document, document.get(document.root, 'runs'), '.')
  return steps.flatMap((each) => (each.uses ? [ofAction(each)] : ofCommands(each))).filter((each) => each.publishes)
}

async function ofScripts(step: Step, folder: Folder): Promise<OldStep[]> {
  const scripts = await scriptsIn(step, folder)
  return scripts.flatMap(({ file, text }) => ofText(text, { file, line: 1 }).filter((each) => each.publishes))
}

/** Assignments and words that may come before a command. */
const BEFORE_COMMAND = /^[A-Za-z_]\w*=|^(?:sudo|env|time|exec|then|do|else|if|!)$/

/** Returns what becomes of the commands in a text, each kind once. @param start its first line */
function ofText(text: string, { file, line: start }: Where): OldStep[] {
  const found: OldStep[] = []
  for (const command of shellCommands(text)) {
    for (const each of ofCommand(command, { file, line: start })) {
      const isKnown = found.some(({ what, how }) => how === each.how && (!each.publishes || what === each.what))
      if (!isKnown || each.gate !== undefined) found.push(each)
    }
  }
  return found
}

function ofCommand(command: ShellCommand, { file, line: start }: Where): OldStep[] {
  const { words, line: at } = command
  const all = words.map(unquoted)
  const own = all.slice(all.findIndex((each) => !BEFORE_COMMAND.test(each)))
  const what = own.join(' ')
  const writes = writesOfCommand(command)
  if (writes.length > 0) {
    return writes.map(({ what: name, line }) => {
      const shown = line === at ? what : name
      return row({ file, line: start + line }, shown, writeRule(name, shown), true)
    })
  }
  const rule = COMMAND_RULES.find(({ pattern }) => pattern.test(what))
  if (!rule && TRIVIAL.test(own[0] ?? '')) return []
  const found = row({ file, line: start + at }, what, rule ?? { becomes: 'yours', how: '' }, false)
  return [rule?.isGate ? { ...found, gate: words.join(' ') } : found]
}

/** Returns the rule for a command that writes to a remote. @param name as in `writesOfCommands` */
function writeRule(name: string, command: string): Pick<StepRule, 'becomes' | 'how'> {
  const reads = name === 'gh release' && !/\b(?:create|upload|edit)\b/.test(command)
  const rules = reads ? COMMAND_RULES : WRITE_RULES
  return rules.find(({ pattern }) => pattern.test(name)) ?? { becomes: 'yours', how: SEPARATE }
}
