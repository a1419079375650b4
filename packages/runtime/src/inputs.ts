import { error, type Problem, ProblemError } from '@slipway/core/problem'

/** The declaration of an action's input, made by `text`, `flag`, `choice`, `integer`, `list` or `lines`. */
export interface Input<T> {
  /** The allowed values, for people: `true or false`. */
  readonly allowed: string
  readonly required: boolean
  /** A secret is masked as soon as it is read, and never shown. */
  readonly secret: boolean
  /** The default as action.yml spells it; null when it has none. */
  readonly default: string | null
  /** Parses a value (not empty, trimmed); null when it is not allowed. */
  parse(value: string): T | null
  /** The value of an absent input. */
  readonly absent: T
  /** A former name of the input; it takes precedence when it is set. */
  readonly formerly?: string
}

/** Adds a former name to an input. action.yml declares both. */
export function renamed<T>(formerly: string, input: Input<T>): Input<T> {
  return { ...input, formerly }
}

/** The inputs of an action by their names in action.yml. */
export type Spec = Record<string, Input<unknown>>

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S

/** The values of the inputs: `dry-run` becomes `dryRun`. */
export type Inputs<S extends Spec> = {
  [Name in keyof S & string as CamelCase<Name>]: S[Name] extends Input<infer T> ? T : never
}

/** Declares a text. Without `required` or `default`, an absent one is undefined. */
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
    parse: (value) => value,
    absent: fallback,
  }
}

interface TextOptions {
  required?: boolean
  secret?: boolean
  default?: string
}

const optional = { required: false, secret: false }

/** Declares a boolean, spelled as in the core schema of YAML 1.2 (section 10.3.2). */
export function flag(options: { default: boolean }): Input<boolean> {
  return {
    ...optional,
    allowed: '`true` or `false`',
    default: String(options.default),
    parse: (value) => (/^(true|True|TRUE)$/.test(value) ? true : /^(false|False|FALSE)$/.test(value) ? false : null),
    absent: options.default,
  }
}

/** Declares a choice between words. Without `default`, an absent one is undefined. */
export function choice<const W extends string>(words: readonly W[], options: { default: NoInfer<W> }): Input<W>
export function choice<const W extends string>(words: readonly W[]): Input<W | undefined>
export function choice<const W extends string>(
  words: readonly W[],
  options: { default?: W } = {},
): Input<W | undefined> {
  return {
    ...optional,
    allowed: `one of ${words.map((word) => `\`${word}\``).join(', ')}`,
    default: options.default ?? null,
    parse: (value) => words.find((word) => word === value) ?? null,
    absent: options.default,
  }
}

/** Declares a whole number within bounds. Without `default`, an absent one is undefined. */
export function integer(options: { min: number; max: number; default: number }): Input<number>
export function integer(options: { min: number; max: number }): Input<number | undefined>
export function integer(options: { min: number; max: number; default?: number }): Input<number | undefined> {
  const { min, max } = options
  return {
    ...optional,
    allowed: `a whole number from ${min} to ${max}`,
    default: options.default === undefined ? null : String(options.default),
    parse: (value) => (/^-?\d{1,15}$/.test(value) && +value >= min && +value <= max ? +value : null),
    absent: options.default,
  }
}

function entries(value: string, separator: RegExp): string[] {
  return value
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Declares a list of words, one per line or separated by commas. */
export function list(options: { default?: string } = {}): Input<string[]> {
  const parse = (value: string) => entries(value, /[\n,]/)
  const { default: fallback = null } = options
  return { ...optional, allowed: 'words', default: fallback, parse, absent: parse(fallback ?? '') }
}

/** Declares a list of lines, which may contain commas, as patterns of file names do. */
export function lines(): Input<string[]> {
  return { ...optional, allowed: 'one per line', default: null, parse: (value) => entries(value, /\n/), absent: [] }
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** Returns the variable in which the runner passes an input (GitHub, metadata syntax for actions, `inputs`). */
export function variableOf(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

function missing(name: string, { allowed }: Input<unknown>): Problem {
  return error('input-missing', `The required input \`${name}\` is missing.`, `Pass \`${name}\`: ${allowed}.`)
}

function invalid(name: string, { allowed, secret }: Input<unknown>, value: string): Problem {
  const what = secret ? 'This value' : JSON.stringify(value)
  return error('input-invalid', `${what} is not allowed for the input \`${name}\`.`, `Pass ${allowed}.`)
}

/**
 * Reads all inputs from the environment. Secrets are masked before anything else.
 * @throws ProblemError with every missing (`input-missing`) and invalid (`input-invalid`) input, not only the first
 */
export function readInputs<const S extends Spec>(
  spec: S,
  env: Readonly<Record<string, string | undefined>>,
  mask: (secret: string) => void,
): Inputs<S> {
  const rawValue = (name: string) => env[variableOf(name)]?.trim() ?? ''
  const raws = Object.entries(spec).map(([name, input]) => {
    const { formerly } = input
    // The former name goes first, because the present one may only have its default from action.yml.
    const old = formerly === undefined ? '' : rawValue(formerly)
    return { name, input, raw: old || rawValue(name) }
  })
  for (const { input, raw } of raws) if (input.secret && raw !== '') mask(raw)
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  for (const { name, input, raw } of raws) {
    if (raw === '' && input.required) problems.push(missing(name, input))
    const value = raw === '' ? input.absent : input.parse(raw)
    if (value === null) problems.push(invalid(name, input, raw))
    values[camelCase(name)] = value
  }
  if (problems.length > 0) throw new ProblemError(problems)
  return values as Inputs<S>
}
