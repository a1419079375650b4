import { error, type Problem, ProblemError } from '@slipway/core/problem'

/** What an action says about one of its inputs. Made by `text`, `flag`, `choice`, `integer`, `list`, `lines`. */
export interface Input<T> {
  /** What may be given, for people: `true or false`. */
  readonly allowed: string
  readonly required: boolean
  /** A secret is masked as soon as it is read, and never shown. */
  readonly secret: boolean
  /** The value when nothing is given, as action.yml spells it; null when it spells none. */
  readonly default: string | null
  /** Reads what was given (not empty, trimmed); null when it is not allowed. */
  parse(given: string): T | null
  /** The value when nothing was given. */
  readonly absent: T
  /** A former name of the input, still read where the present one is not given. */
  readonly formerly?: string
}

/** An input that had another name before. action.yml declares both. */
export function renamed<T>(formerly: string, input: Input<T>): Input<T> {
  return { ...input, formerly }
}

/** The inputs of an action by the names that action.yml gives them. */
export type Spec = Record<string, Input<unknown>>

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S

/** The inputs as read: `dry-run` is `dryRun`. */
export type Inputs<S extends Spec> = {
  [Name in keyof S & string as CamelCase<Name>]: S[Name] extends Input<infer T> ? T : never
}

/** Any text. Without `required` or `default` it is undefined when not given. */
export function text(options: { required: true; secret?: boolean }): Input<string>
export function text(options: { default: string; secret?: boolean }): Input<string>
export function text(options?: { secret?: boolean }): Input<string | undefined>
export function text({
  required = false,
  secret = false,
  default: fallback,
}: TextOptions = {}): Input<string | undefined> {
  return {
    allowed: 'any text',
    required,
    secret,
    default: fallback ?? null,
    parse: (given) => given,
    absent: fallback,
  }
}

interface TextOptions {
  required?: boolean
  secret?: boolean
  default?: string
}

const optional = { required: false, secret: false }

/** A boolean as the core schema of YAML 1.2 (section 10.3.2) spells it. */
export function flag(options: { default: boolean }): Input<boolean> {
  return {
    ...optional,
    allowed: '`true` or `false`',
    default: String(options.default),
    parse: (given) => (/^(true|True|TRUE)$/.test(given) ? true : /^(false|False|FALSE)$/.test(given) ? false : null),
    absent: options.default,
  }
}

/** One of the given words. */
export function choice<const W extends string>(words: readonly W[], options: { default: NoInfer<W> }): Input<W> {
  return {
    ...optional,
    allowed: `one of ${words.map((word) => `\`${word}\``).join(', ')}`,
    default: options.default,
    parse: (given) => words.find((word) => word === given) ?? null,
    absent: options.default,
  }
}

/** A whole number within bounds. */
export function integer(options: { min: number; max: number; default: number }): Input<number> {
  const { min, max } = options
  return {
    ...optional,
    allowed: `a whole number from ${min} to ${max}`,
    default: String(options.default),
    parse: (given) => (/^-?\d{1,15}$/.test(given) && +given >= min && +given <= max ? +given : null),
    absent: options.default,
  }
}

function entries(given: string, separator: RegExp): string[] {
  return given
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Words, one a line or separated by commas. */
export function list(options: { default?: string } = {}): Input<string[]> {
  const parse = (given: string) => entries(given, /[\n,]/)
  const { default: fallback = null } = options
  return { ...optional, allowed: 'words', default: fallback, parse, absent: parse(fallback ?? '') }
}

/** Texts, one a line; they may hold commas, as patterns of file names do. */
export function lines(): Input<string[]> {
  return { ...optional, allowed: 'one a line', default: null, parse: (given) => entries(given, /\n/), absent: [] }
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The variable in which the runner hands over an input (GitHub, metadata syntax for actions, `inputs`). */
export function variableOf(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

function missing(name: string, { allowed }: Input<unknown>): Problem {
  return error('input-missing', `The input \`${name}\` is needed and was not given.`, `Give \`${name}\`: ${allowed}.`)
}

function invalid(name: string, { allowed, secret }: Input<unknown>, given: string): Problem {
  const what = secret ? 'What was given' : JSON.stringify(given)
  return error('input-invalid', `${what} is not allowed for the input \`${name}\`.`, `Give ${allowed}.`)
}

/**
 * Reads all inputs from the environment. Secrets are masked first of all.
 * @throws ProblemError with every missing (`input-missing`) and bad (`input-invalid`) input, not only the first
 */
export function readInputs<const S extends Spec>(
  spec: S,
  env: Readonly<Record<string, string | undefined>>,
  mask: (secret: string) => void,
): Inputs<S> {
  const givenFor = (name: string) => env[variableOf(name)]?.trim() ?? ''
  const given = Object.entries(spec).map(([name, input]) => {
    const { formerly } = input
    // A default of action.yml is no choice of the user's: the former name goes first.
    const old = formerly === undefined ? '' : givenFor(formerly)
    return { name, input, raw: old || givenFor(name) }
  })
  for (const { input, raw } of given) if (input.secret && raw !== '') mask(raw)
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  for (const { name, input, raw } of given) {
    if (raw === '' && input.required) problems.push(missing(name, input))
    const value = raw === '' ? input.absent : input.parse(raw)
    if (value === null) problems.push(invalid(name, input, raw))
    values[camelCase(name)] = value
  }
  if (problems.length > 0) throw new ProblemError(problems)
  return values as Inputs<S>
}
