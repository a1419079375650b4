/**
 * `node scripts/docs.ts [--check]`: writes the tables of inputs and outputs between the markers of the actions'
 * READMEs (`<!-- inputs -->` … `<!-- /inputs -->`, and `outputs`) from action.yml; with `--check` it only compares.
 */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Declared, declaredActions } from './action-files.ts'

const root = resolve(import.meta.dirname, '..')

function cell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')
}

function fallback({ required, default: value }: Declared): string {
  if (required) return '**required**'
  return value === undefined || value === '' ? '' : `\`${cell(String(value)).replaceAll('`', "'")}\``
}

function inputTable(inputs: Record<string, Declared>): string {
  const rows = Object.entries(inputs).map(
    ([name, input]) => `| \`${name}\` | ${cell(input.description ?? '')} | ${fallback(input)} |`,
  )
  return ['| Input | What it is | Default |', '| --- | --- | --- |', ...rows].join('\n')
}

function outputTable(outputs: Record<string, Declared>): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description ?? '')} |`)
  return ['| Output | What it is |', '| --- | --- |', ...rows].join('\n')
}

function between(text: string, marker: string, content: string): string {
  const markers = new RegExp(`(<!-- ${marker} -->)[^]*?(<!-- /${marker} -->)`)
  return text.replace(markers, (_, open: string, close: string) => `${open}\n${content}\n${close}`)
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
for (const { name, readme, action } of await declaredActions(root)) {
  for (const file of name === 'plan' ? [readme, 'README.md'] : [readme]) {
    if (!existsSync(join(root, file))) continue
    const text = await readFile(join(root, file), 'utf8')
    const withInputs = between(text, 'inputs', inputTable(action.inputs ?? {}))
    const whole = between(withInputs, 'outputs', outputTable(action.outputs ?? {}))
    if (whole === text) continue
    if (values.check) {
      console.error(`${file} differs from its action.yml: run \`npm run docs\``)
      process.exitCode = 1
    } else await writeFile(join(root, file), whole)
  }
}
