/** An expression that only names a value: `${{ matrix.os }}`. */
const VALUE = /\$\{\{\s*([\w.-]+)\s*\}\}/g

/** Returns a text of a workflow with the values of its expressions, by path (`matrix.os`); others stay as they are. */
export function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VALUE, (all, path: string) => values.get(path) ?? all)
}

/** Whether a text of a workflow has an expression. */
export function isUnknown(text: string): boolean {
  return text.includes('${{')
}
