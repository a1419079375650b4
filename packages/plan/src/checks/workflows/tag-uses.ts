import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { partsOf } from '@slipway/documents/shell-words'
import type { Job, Step } from '@slipway/documents/workflows/jobs'

/** Placeholders for the pushed tag and its ref: private-use characters, which no workflow contains. */
export const TAG = '\ue000'
const REF = '\ue001'

/** Maps names that steps can use (`VERSION`, `env.VERSION`, `steps.v.outputs.version`) to the tag or ref that they surely contain. */
export type TagVariables = Map<string, string>

/** The names that GitHub sets (GitHub, "Variables reference", "Contexts"). */
const SET_BY_GITHUB: readonly (readonly [string, string])[] = [
  ...['GITHUB_REF_NAME', 'github.ref_name', 'github.event.release.tag_name'].map((each) => [each, TAG] as const),
  ...['GITHUB_REF', 'github.ref'].map((each) => [each, REF] as const),
]

/** Substitutions in a text: by GitHub, by the shell, or by `git describe`, which prints the tag of the commit. */
const SUBSTITUTIONS =
  /\$\{\{\s*([\w.-]+)\s*\}\}|\$\{(\w+)((?:[^\w{}$][^{}$]*)?)\}|\$(\w+)|\$\(git describe(?: (?:--tags|--abbrev=0|--always|--exact-match|HEAD))*\)/g
// Expansions that turn a ref into its tag: `${GITHUB_REF#refs/tags/}`, `${GITHUB_REF##*/}`, `${GITHUB_REF/refs\/tags\/}`, `${GITHUB_REF:10}`.
const WITHOUT_REFS = /^(?:##?(?:refs|\*)\/tags\/|##\*\/|\/\/?refs\\?\/tags\\?\/\/?|:10)$/

/**
 * Replaces everything in a text that surely contains the tag by the tag; the rest stays as written.
 * @param isExpanded whether the shell expands the text; GitHub always does
 */
export function withTag(text: string, known: TagVariables, isExpanded = true): string {
  return text.replace(SUBSTITUTIONS, (all, context?: string, braced?: string, change = '', plain?: string) => {
    if (context === undefined && !isExpanded) return all
    if (all.startsWith('$(')) return TAG
    const value = known.get(context ?? braced ?? plain ?? '')
    if (value === undefined || change === '') return value ?? all
    return value === REF && WITHOUT_REFS.test(change.replace(/["']/g, '')) ? TAG : all
  })
}

/** Expands a word like the shell; within `'`, only GitHub's expressions are replaced. */
export function wordWithTag(word: string, known: TagVariables): string {
  const parts = partsOf(word)
  return parts.map(({ text, quote }) => withTag(text, known, quote !== "'")).join('')
}

/** Returns a text that is exactly the tag or its ref; null for any other text. */
function tagOf(text: string): string | null {
  return text === TAG || text === REF ? text : null
}

function set(known: TagVariables, name: string, value: string | null): void {
  if (value === null) known.delete(name)
  else known.set(name, value)
}

/** Adds the variables of an `env`, by their names in the shell and in GitHub's expressions. */
function withEnv(known: TagVariables, env: ReadonlyMap<string, string>): TagVariables {
  const all = new Map(known)
  for (const [name, text] of env) {
    const value = tagOf(withTag(text, known))
    set(all, name, value)
    set(all, `env.${name}`, value)
  }
  return all
}

/** Commands that assign unknown values to their variables. */
const ASSIGNS = new Set(['read', 'for', 'printf', 'mapfile', 'readarray', 'unset', 'select', 'getopts'])
/** Commands that may assign any variable. */
const ASSIGNS_ANY = new Set(['source', '.', 'eval'])
/** Commands whose arguments are assignments. */
const DECLARES = new Set(['export', 'local', 'declare', 'readonly', 'typeset'])

/** Adds what variables surely contain throughout a step's commands; a variable with an unknown value is removed. */
function withAssigned(known: TagVariables, commands: readonly ShellCommand[]): TagVariables {
  const all = new Map(known)
  const unknown = new Set<string>()
  for (const { words } of commands) {
    const [first = ''] = words.filter((each) => !['then', 'do', 'else', 'while', 'until', 'if', '{'].includes(each))
    if (ASSIGNS_ANY.has(first)) return new Map(SET_BY_GITHUB)
    const assigns = ASSIGNS.has(first) || words.includes('read')
    for (const word of words) {
      if (assigns) unknown.add(word)
      const [assigned, name = '', value = ''] = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(word) ?? []
      // An assignment before a command applies to it alone, and one after it is an argument: both are rare, and ignored.
      if (assigned === undefined) continue
      const content = word.includes('+=') ? null : tagOf(wordWithTag(value, all))
      if (content === null) unknown.add(name)
      else if (DECLARES.has(first) || word === words[0] || first === word) all.set(name, content)
    }
  }
  for (const name of unknown) all.delete(name)
  return all
}

/** Adds the variables and outputs that a step sets for later ones (GitHub, "Workflow commands": environment files). */
function addOutputs(
  known: TagVariables,
  inside: TagVariables,
  { run, id }: Step,
  commands: readonly ShellCommand[],
): void {
  const outputs = new Map<string, Set<string | null>>()
  let understood = 0
  for (const { words, output } of commands) {
    const file = /GITHUB_(ENV|OUTPUT)\b/.exec(output)?.[1]
    const [, name, value = ''] = /^(\w+)=([\s\S]*)$/.exec(wordWithTag(words[1] ?? '', inside)) ?? []
    if (file === undefined || words[0] !== 'echo' || words.length !== 2 || name === undefined) continue
    if (file === 'ENV') understood += 1
    for (const each of file === 'ENV' ? [name, `env.${name}`] : [`steps.${id}.outputs.${name}`])
      outputs.set(each, (outputs.get(each) ?? new Set()).add(tagOf(value)))
  }
  // Other writes to the file may set any variable.
  if (run.split('GITHUB_ENV').length - 1 !== understood) {
    for (const name of [...known.keys()]) if (/^env\.|^[^.]+$/.test(name)) known.delete(name)
    for (const [name, value] of SET_BY_GITHUB) known.set(name, value)
    for (const name of [...outputs.keys()]) if (!name.startsWith('steps.')) outputs.delete(name)
  }
  for (const [name, values] of outputs) set(known, name, values.size === 1 ? ([...values][0] ?? null) : null)
}

/** Yields the commands of each step of a job, with the variables that surely contain the tag in them. */
export function* stepsWithTag({
  steps,
  env,
}: Job): Generator<{ step: Step; known: TagVariables; commands: ShellCommand[] }> {
  const known = withEnv(new Map(SET_BY_GITHUB), env)
  for (const step of steps) {
    if (step.run === '') continue
    const commands = shellCommands(step.run)
    const inside = withAssigned(withEnv(known, step.env), commands)
    yield { step, known: inside, commands }
    addOutputs(known, inside, step, commands)
  }
}
