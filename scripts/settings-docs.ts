import type { Settings } from '@slipway/project/settings/settings'
import { type Field, type Shape, table } from '@slipway/project/settings/shape'
import { SPEC } from '@slipway/project/settings/spec'

const WHOLE = table<Settings>(SPEC)

/** Returns the default in Markdown: empty if Slipway detects the value or the setting has no effect without it. */
function defaultOf(field: Field<unknown>): string {
  if (!('fallback' in field)) return '**required**'
  const { fallback } = field
  const isNothing = fallback === null || fallback === undefined || Object.keys(fallback as object).length === 0
  if (isNothing) return ''
  return (Array.isArray(fallback) ? fallback : [fallback]).map((each) => `\`${each}\``).join(', ')
}

function rows(shape: Shape<unknown>, name: string): string[] {
  if (shape.each) return rows(shape.each.shape, name + shape.each.suffix)
  return [...(shape.fields ?? [])].flatMap(([key, field]) => {
    const own = name === '' ? key : `${name}.${key}`
    const allowed = field.shape.fields || field.shape.each?.shape.fields ? 'tables' : field.shape.allowed
    return [`| \`${own}\` | ${field.about} | ${allowed} | ${defaultOf(field)} |`, ...rows(field.shape, own)]
  })
}

/** Returns every setting as a Markdown table. */
export function settingsTable(): string {
  return ['| Setting | Description | Value | Default |', '| --- | --- | --- | --- |', ...rows(WHOLE, '')].join('\n')
}

/** Returns the JSON schema of slipway.toml (draft 7) for editors. Short lists are on one line, as the formatter writes them. */
export function settingsSchema(): string {
  const about = { title: 'slipway.toml', description: 'Overrides for the release of a project.' }
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...about, ...WHOLE.schema }
  const text = JSON.stringify(schema, null, 2).replace(/^(.*)\[\n([^[\]{}]*?)\n *\]/gm, (list, before, within) => {
    const line = `${before}[${within.trim().replace(/,\n */g, ', ')}]`
    return line.length < 120 ? line : list
  })
  return `${text}\n`
}
