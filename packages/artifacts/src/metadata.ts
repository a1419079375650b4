import type { CoreMetadata } from '@slipway/core/python/metadata/fields'

/** The indentation of a field's lines after its first (core metadata specification, "Description"). */
const FOLD = /^(?: {7}\|| {8}|[ \t]+)/

/**
 * Reads core metadata (PyPA specification "Core metadata"): headers in the style of RFC 822, where a line that starts
 * with a blank continues the one before, then an empty line and the description. Other lines are ignored.
 */
export function parseMetadata(text: string): CoreMetadata {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const fields: [name: string, value: string][] = []
  let at = 0
  for (; at < lines.length; at++) {
    const line = lines[at] as string
    if (line === '') break
    const last = fields.at(-1)
    const [, name, value] = /^([^\s:]+):[ \t]*(.*)$/.exec(line) ?? []
    if (/^[ \t]/.test(line) && last) last[1] += `\n${line.replace(FOLD, '')}`
    else if (name !== undefined && value !== undefined) fields.push([name.toLowerCase(), value.trimEnd()])
  }
  const all = (name: string) => fields.filter((each) => each[0] === name.toLowerCase()).map((each) => each[1])
  const get = (name: string) => all(name)[0] ?? null
  const body = lines.slice(at + 1).join('\n')
  return { get, all, description: body.trim() === '' ? get('Description') : body }
}
