import { MAX_SUBSTITUTED_CHARACTERS } from './limits.ts'

/** Marks a variable without a value in a substituted text. */
export const UNSET = '\0'

interface Frame {
  name: string
  /** `:-`, `-`, `:+`, `+`, `:?`, `?`; empty for `${NAME}`. */
  operator: string
  /** The text after the operator, substituted. */
  word: string
}

const TOKEN = /\$\$|\$\{([A-Za-z_]\w*)(:?[-+?])?|\$([A-Za-z_]\w*)|\}|[^$}]+|\$/g

function resolve({ name, operator, word }: Frame, lookup: (name: string) => string | undefined): string {
  const value = lookup(name)
  const isSet = operator.startsWith(':') ? Boolean(value) : value !== undefined
  if (operator.endsWith('+')) return isSet ? word : ''
  if (isSet && operator !== '') return value as string
  if (operator.endsWith('-')) return word
  // `${NAME#pattern}` and the like are not supported.
  return operator === '' && word === '' ? (value ?? UNSET) : UNSET
}

/**
 * Substitutes variables: `$NAME`, `${NAME}`, and `${NAME:-word}`, `${NAME:+word}`, `${NAME:?word}` with or without the
 * colon, with variables in their words too (Dockerfile reference, "Environment replacement"; compose specification,
 * "Interpolation"). `$$` is a dollar sign. A variable without a value becomes UNSET; so does the whole text if braces are
 * not closed or the result is longer than MAX_SUBSTITUTED_CHARACTERS.
 */
export function substitute(text: string, lookup: (name: string) => string | undefined): string {
  const open: Frame[] = []
  let out = ''
  let length = 0
  const add = (more: string) => {
    length += more.length
    const frame = open.at(-1)
    if (frame) frame.word += more
    else out += more
  }
  for (const [token, braced, operator = '', bare] of text.matchAll(TOKEN)) {
    if (braced !== undefined) open.push({ name: braced, operator, word: '' })
    else if (bare !== undefined) add(lookup(bare) ?? UNSET)
    else if (token === '}' && open.length > 0) add(resolve(open.pop() as Frame, lookup))
    else add(token === '$$' ? '$' : token)
    if (length > MAX_SUBSTITUTED_CHARACTERS) return UNSET
  }
  return open.length > 0 ? UNSET : out
}
