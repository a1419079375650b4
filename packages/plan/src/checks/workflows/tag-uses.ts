import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { partsOf } from '@slipway/documents/shell-words'
import type { Job, Step } from './jobs.ts'

/** Stands for the tag that was pushed, and for its ref. Nobody writes such a character. */
export const TAG = '\ue000'
const REF = '\ue001'

/** Names of what a job's steps see, and the tag or its ref for each that surely holds it: `VERSION`, `env.VERSION`, `steps.v.outputs.version`. */
export type Known = Map<string, string>

/** How GitHub names them (GitHub, "Variables reference", "Contexts"). */
const GIVEN: readonly (readonly [string, string])[] = [
  ...['GITHUB_REF_NAME', 'github.ref_name', 'github.event.release.tag_name'].map((each) => [each, TAG] as const),
  ...['GITHUB_REF', 'github.ref'].map((each) => [each, REF] as const),
]

/** What is put into a text: by GitHub, by the shell, or by git, which tells the tag of the commit. */
const PUT_IN =
  /\$\{\{\s*([\w.-]+)\s*\}\}|\$\{(\w+)((?:[^\w{}$][^{}$]*)?)\}|\$(\w+)|\$\(git describe(?: (?:--tags|--abbrev=0|--always|--exact-match|HEAD))*\)/g
// What leaves the tag of a ref: `${GITHUB_REF#refs/tags/}`, `${GITHUB_REF##*/}`, `${GITHUB_REF/refs\/tags\/}`, `${GITHUB_REF:10}`.
const WITHOUT_REFS = /^(?:##?(?:refs|\*)\/tags\/|##\*\/|\/\/?refs\\?\/tags\\?\/\/?|:10)$/

/**
 * A text, with the tag for all in it that surely holds it; all else as it is written.
 * @param isExpanded whether the shell expands it; GitHub does in any case
 */
export function withTag(text: string, known: Known, isExpanded = true): string {
  return text.replace(PUT_IN, (all, context?: string, braced?: string, change = '', plain?: string) => {
    if (context === undefined && !isExpanded) return all
    if (all.startsWith('$(')) return TAG
    const value = known.get(context ?? braced ?? plain ?? '')
    if (value === undefined || change === '') return value ?? all
    return value === REF && WITHOUT_REFS.test(change.replace(/["']/g, '')) ? TAG : all
  })
}

/** A word as the shell makes it of what is written. What is within `'` is put in by GitHub alone. */
export function wordWithTag(word: string, known: Known): string {
  const parts = partsOf(word)
  return parts.map(({ text, quote }) => withTag(text, known, quote !== "'")).join('')
}

/** The tag or its ref; null for any other text, and for what is not known. */
function tagOf(text: string): string | null {
  return text === TAG || text === REF ? text : null
}

function set(known: Known, name: string, value: string | null): void {
  if (value === null) known.delete(name)
  else known.set(name, value)
}

/** What an `env` adds: for the shell and for GitHub. */
function withEnv(known: Known, env: ReadonlyMap<string, string>): Known {
  const all = new Map(known)
  for (const [name, text] of env) {
    const value = tagOf(withTag(text, known))
    set(all, name, value)
    set(all, `env.${name}`, value)
  }
  return all
}

/** Commands that give variables a value that is not known. */
const GIVES = new Set(['read', 'for', 'printf', 'mapfile', 'readarray', 'unset', 'select', 'getopts'])
const GIVES_ALL = new Set(['source', '.', 'eval'])
const DECLARES = new Set(['export', 'local', 'declare', 'readonly', 'typeset'])

/** What variables surely hold throughout a step's commands: one that gets several values, which is not told, holds none. */
function withAssigned(known: Known, commands: readonly ShellCommand[]): Known {
  const all = new Map(known)
  const unknown = new Set<string>()
  for (const { words } of commands) {
    const [first = ''] = words.filter((each) => !['then', 'do', 'else', 'while', 'until', 'if', '{'].includes(each))
    if (GIVES_ALL.has(first)) return new Map(GIVEN)
    const gives = GIVES.has(first) || words.includes('read')
    for (const word of words) {
      if (gives) unknown.add(word)
      const [assigned, name = '', value = ''] = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(word) ?? []
      // What stands before a command is for it alone, and what follows one is its argument; both are seldom, and told of no more.
      if (assigned === undefined) continue
      const held = word.includes('+=') ? null : tagOf(wordWithTag(value, all))
      if (held === null) unknown.add(name)
      else if (DECLARES.has(first) || word === words[0] || first === word) all.set(name, held)
    }
  }
  for (const name of unknown) all.delete(name)
  return all
}

/** Keeps what a step hands on to those after it (GitHub, "Workflow commands": environment files). */
function handOn(known: Known, inside: Known, { run, id }: Step, commands: readonly ShellCommand[]): void {
  const handed = new Map<string, Set<string | null>>()
  let told = 0
  for (const { words, output } of commands) {
    const file = /GITHUB_(ENV|OUTPUT)\b/.exec(output)?.[1]
    const [, name, value = ''] = /^(\w+)=([\s\S]*)$/.exec(wordWithTag(words[1] ?? '', inside)) ?? []
    if (file === undefined || words[0] !== 'echo' || words.length !== 2 || name === undefined) continue
    if (file === 'ENV') told += 1
    for (const each of file === 'ENV' ? [name, `env.${name}`] : [`steps.${id}.outputs.${name}`])
      handed.set(each, (handed.get(each) ?? new Set()).add(tagOf(value)))
  }
  // What else is written there may be of any name.
  if (run.split('GITHUB_ENV').length - 1 !== told) {
    for (const name of [...known.keys()]) if (/^env\.|^[^.]+$/.test(name)) known.delete(name)
    for (const [name, value] of GIVEN) known.set(name, value)
    for (const name of [...handed.keys()]) if (!name.startsWith('steps.')) handed.delete(name)
  }
  for (const [name, values] of handed) set(known, name, values.size === 1 ? ([...values][0] ?? null) : null)
}

/** The commands of each step of a job, with what surely holds the tag in them. */
export function* stepsWithTag({ steps, env }: Job): Generator<{ step: Step; known: Known; commands: ShellCommand[] }> {
  const known = withEnv(new Map(GIVEN), env)
  for (const step of steps) {
    if (step.run === '') continue
    const commands = shellCommands(step.run)
    const inside = withAssigned(withEnv(known, step.env), commands)
    yield { step, known: inside, commands }
    handOn(known, inside, step, commands)
  }
}
