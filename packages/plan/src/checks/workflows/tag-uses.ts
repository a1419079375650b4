import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { partsOf } from '@slipway/documents/shell-words'
import type { Job, Step } from '@slipway/documents/workflows/jobs'

/** Placeholders for the pushed tag and its ref: private-use characters, which no workflow contains. */
export const TAG = '\ue000'
const REF = '\ue001'

/** Stands for a text made from the tag: it may have lost its `v`. */
const CHANGED = '\ue002'

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

/** Options of `git describe` with which it prints a tag alone. */
const DESCRIBES = /^(?:--tags|--abbrev=0|--always|--exact-match|HEAD|"?\$\(git rev-list .*\)"?)$/s
/** Programs of sed, and options of cut, that turn a ref into its tag. */
const CUTS_REF =
  /^sed (?:-E |-r |-e )*s(.)(?:\^)?refs(?:\\?\/)tags(?:\\?\/)\1\1$|^cut (?:-d ?\/ -f ?3-?|-f ?3-? -d ?\/)$/

/** Returns the tag or ref that a command substitution prints; null for anything else. @param text what is in `$(…)` */
function printed(text: string, known: TagVariables): string | null {
  const commands = shellCommands(text).map(({ words }) => words.map((each) => wordWithTag(each, known)))
  const [[program, ...args] = [], ...filters] = commands
  if (program === 'git' && args[0] === 'describe' && filters.length === 0)
    return args.slice(1).every((each) => DESCRIBES.test(each)) ? TAG : null
  if (program === 'basename' && args.length === 1 && filters.length === 0) return tagOf(args[0] ?? '') && TAG
  const [only] = args
  const echoed = program === 'echo' && args.length === 1 ? tagOf(only ?? '') : null
  if (filters.length === 0) return echoed
  return echoed === REF && filters.length === 1 && CUTS_REF.test(filters[0]?.join(' ') ?? '') ? TAG : null
}

/** Whether a word is made from the tag or its ref, perhaps without the `v`. */
function mentionsTag(word: string, known: TagVariables): boolean {
  const names = [...word.matchAll(/\$\{*\s*([\w.]+)/g)].map(([, name = '']) => name)
  return names.some((each) => known.has(each)) || /\bgit (?:describe|tag)\b/.test(word)
}

/** Returns the tag or ref that an assigned word surely is; CHANGED for a word made from it; null for anything else. */
function assignedValue(word: string, { inner }: ShellCommand, known: TagVariables): string | null {
  const [, text] = /^"?\$\(([\s\S]*)\)"?$/.exec(word) ?? []
  const isWhole = text !== undefined && inner.some((each) => each.text === text)
  const value = isWhole ? printed(text, known) : tagOf(wordWithTag(word, known))
  return value ?? (mentionsTag(word, known) ? CHANGED : null)
}

/** The values that the commands of one arm assign, by variable: the tag, its ref, CHANGED, or null for any other. */
type Assigned = Map<string, Set<string | null>>

/** An `if` that is being read. */
interface Branching {
  arms: Assigned[]
  hasElse: boolean
}

/** Returns what an `if` may assign: the tag alone if every arm assigns, one gives the tag, and none removes the `v`. */
function assignedBy({ arms, hasElse }: Branching): Assigned {
  const names = new Set(arms.flatMap((each) => [...each.keys()]))
  return new Map(
    [...names].map((name) => {
      const values = new Set(arms.flatMap((each) => [...(each.get(name) ?? [])]))
      const isAlways = hasElse && arms.every((each) => each.has(name))
      // An arm that assigns several values may give the last.
      const given = arms.flatMap((each) => (each.get(name)?.size === 1 ? [...(each.get(name) ?? [])] : []))
      const tag = values.has(CHANGED) ? undefined : given.find((each) => each !== null)
      return [name, isAlways && tag !== undefined ? new Set([tag]) : values]
    }),
  )
}

/**
 * Adds what variables contain throughout a step's commands, surely or by an arm of an `if` whose arms all set them; a
 * variable with an unknown value is removed.
 */
function withAssigned(known: TagVariables, commands: readonly ShellCommand[]): TagVariables {
  const all = new Map(known)
  const base: Assigned = new Map()
  const open: Branching[] = []
  const assign = (name: string, values: Iterable<string | null>) => {
    const arm = open.at(-1)?.arms.at(-1) ?? base
    arm.set(name, new Set([...(arm.get(name) ?? []), ...values]))
    for (const each of values) if (tagOf(each ?? '') !== null) all.set(name, each as string)
  }
  for (const command of commands) {
    const { words } = command
    const [keyword] = words
    const branching = open.at(-1)
    if (keyword === 'if') open.push({ arms: [new Map()], hasElse: false })
    else if (branching && (keyword === 'elif' || keyword === 'else')) {
      branching.arms.push(new Map())
      branching.hasElse = keyword === 'else'
    } else if (branching && keyword === 'fi') {
      open.pop()
      for (const [name, values] of assignedBy(branching)) assign(name, values)
    }
    const [first = ''] = words.filter((each) => !['then', 'do', 'else', 'while', 'until', 'if', '{'].includes(each))
    if (ASSIGNS_ANY.has(first)) return new Map(SET_BY_GITHUB)
    const assigns = ASSIGNS.has(first) || words.includes('read')
    for (const word of words) {
      if (assigns) assign(word, [null])
      const [assigned, name = '', value = ''] = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(word) ?? []
      // An assignment before a command applies to it alone, and one after it is an argument: both are rare, and ignored.
      if (assigned === undefined) continue
      const content = word.includes('+=') ? null : assignedValue(value, command, all)
      if (tagOf(content ?? '') === null || DECLARES.has(first) || word === words[0] || first === word)
        assign(name, [content])
    }
  }
  // An `if` that is not closed.
  for (const each of open.reverse()) for (const [name, values] of assignedBy(each)) assign(name, values)
  for (const [name, values] of base) if ([...values].some((each) => tagOf(each ?? '') === null)) all.delete(name)
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
