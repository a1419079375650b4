/** Looks up a name in an expression, such as `needs.build.outputs.tag`; returns undefined if it does not exist. */
export type Lookup = (path: string) => unknown

/** Functions that an expression may call. */
export type Functions = Record<string, (...args: never[]) => unknown>

const TOKEN = /\s*('(?:[^']|'')*'|&&|\|\||[!=]=|[()!,]|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*)*(\s*\()?)/y

const BASE: Functions = {
  contains: (list: unknown, item: unknown) =>
    Array.isArray(list) ? list.includes(item) : String(list).includes(String(item)),
  fromJSON: (text: string) => JSON.parse(text),
}

/** Translates an expression to JavaScript. Knows only the strings, operators and functions that these workflows use. */
function translated(expression: string): string {
  let code = ''
  TOKEN.lastIndex = 0
  const text = expression.trim()
  while (TOKEN.lastIndex < text.length) {
    const [, token = '', call] = TOKEN.exec(text) ?? []
    if (token === '') throw new Error(`cannot parse expression: ${text}`)
    if (token.startsWith("'")) code += JSON.stringify(token.slice(1, -1).replaceAll("''", "'"))
    else if (call) code += `f[${JSON.stringify(token.slice(0, -call.length))}](`
    else if (/^[A-Za-z_]/.test(token) && !/^(?:true|false|null)$/.test(token)) code += `get(${JSON.stringify(token)})`
    else code += token
  }
  return code
}

/** Evaluates an expression without its braces. As on GitHub, a missing value is an empty string. */
export function evaluate(expression: string, get: Lookup, functions: Functions = {}): unknown {
  const named = (path: string) => get(path) ?? ''
  return new Function('get', 'f', `return (${translated(expression)})`)(named, { ...BASE, ...functions })
}

/** Evaluates the expressions in a value of a workflow. A single expression keeps its type; with text around it the result is text. */
export function filled(value: unknown, get: Lookup, functions: Functions = {}): unknown {
  if (typeof value !== 'string') return value
  const [, whole] = /^\$\{\{((?:(?!\$\{\{)[\s\S])*)\}\}$/.exec(value.trim()) ?? []
  if (whole !== undefined) return evaluate(whole, get, functions)
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, each: string) => String(evaluate(each, get, functions)))
}
