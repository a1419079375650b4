/** What an expression may name: `needs.build.outputs.tag`, an input, a step; undefined for what is not there. */
export type Lookup = (path: string) => unknown

/** Functions that an expression may call. */
export type Functions = Record<string, (...args: never[]) => unknown>

const TOKEN = /\s*('(?:[^']|'')*'|&&|\|\||[!=]=|[()!,]|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*)*(\s*\()?)/y

const BASE: Functions = {
  contains: (list: unknown, item: unknown) =>
    Array.isArray(list) ? list.includes(item) : String(list).includes(String(item)),
  fromJSON: (text: string) => JSON.parse(text),
}

/** The JavaScript of an expression; strings, operators and functions of GitHub's that these workflows use, no others. */
function translated(expression: string): string {
  let code = ''
  TOKEN.lastIndex = 0
  const text = expression.trim()
  while (TOKEN.lastIndex < text.length) {
    const [, token = '', call] = TOKEN.exec(text) ?? []
    if (token === '') throw new Error(`not understood: ${text}`)
    if (token.startsWith("'")) code += JSON.stringify(token.slice(1, -1).replaceAll("''", "'"))
    else if (call) code += `f[${JSON.stringify(token.slice(0, -call.length))}](`
    else if (/^[A-Za-z_]/.test(token) && !/^(?:true|false|null)$/.test(token)) code += `get(${JSON.stringify(token)})`
    else code += token
  }
  return code
}

/** The value of an expression without its braces. Compared with a string, what is missing is empty, as on GitHub. */
export function evaluate(expression: string, get: Lookup, functions: Functions = {}): unknown {
  const named = (path: string) => get(path) ?? ''
  return new Function('get', 'f', `return (${translated(expression)})`)(named, { ...BASE, ...functions })
}

/** A value of a workflow with its expressions filled in: one expression alone keeps its type, text around it makes text. */
export function filled(value: unknown, get: Lookup, functions: Functions = {}): unknown {
  if (typeof value !== 'string') return value
  const [, whole] = /^\$\{\{((?:(?!\$\{\{)[\s\S])*)\}\}$/.exec(value.trim()) ?? []
  if (whole !== undefined) return evaluate(whole, get, functions)
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, each: string) => String(evaluate(each, get, functions)))
}
