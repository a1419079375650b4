import type { Settings } from '@slipway/project/settings/settings'
import { type Field, type Shape, table } from '@slipway/project/settings/shape'
import { SPEC } from '@slipway/project/settings/spec'

const WHOLE = table<Settings>(SPEC)

/** What holds without a setting: nothing for what is found, or only there where it is given. */
function defaultOf(field: Field<unknown>): string {
  if (!('fallback' in field)) return '**needed**'
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

/** Every setting as a table in Markdown. */
export function settingsTable(): string {
  return ['| Setting | What it is | May be | Default |', '| --- | --- | --- | --- |', ...rows(WHOLE, '')].join('\n')
}

/** The JSON schema of slipway.toml (draft 7), for editors; short lists on one line, as the formatter has them. */
export function settingsSchema(): string {
  const about = { title: 'slipway.toml', description: 'What a project says of its release, in place of what is found.' }
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...about, ...WHOLE.schema }
  const text = JSON.stringify(schema, null, 2).replace(/^(.*)\[\n([^[\]{}]*?)\n *\]/gm, (list, before, within) => {
    const line = `${before}[${within.trim().replace(/,\n */g, ', ')}]`
    return line.length < 120 ? line : list
  })
  return `${text}\n`
}
