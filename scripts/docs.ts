/**
 * `node scripts/docs.ts [--check]` writes the generated documentation; with `--check` it only compares:
 * - the tables of inputs and outputs between the markers of the actions' READMEs (`<!-- inputs -->` … `<!-- /inputs -->`, and
 *   `outputs`), from action.yml;
 * - the copy of the root action;
 * - the table and JSON schema of slipway.toml, from its spec;
 * - the callers' workflows in README.md, docs/workflows.md and the example, from the templates of `slipway init`;
 * - the index of the problem pages, and the list of their codes for the code.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { printedTemplates } from '@slipway/release/init/workflow-text'
import { type Declared, declaredActions } from './action-files.ts'
import { settingsSchema, settingsTable } from './settings-docs.ts'

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
  return ['| Input | Description | Default |', '| --- | --- | --- |', ...rows].join('\n')
}

function outputTable(outputs: Record<string, Declared>): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description ?? '')} |`)
  return ['| Output | Description |', '| --- | --- |', ...rows].join('\n')
}

function between(text: string, marker: string, content: string): string {
  const markers = new RegExp(`(<!-- ${marker} -->)[^]*?(<!-- /${marker} -->)`)
  return text.replace(markers, (_, open: string, close: string) => `${open}\n${content}\n${close}`)
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

/** Writes a generated file, or with `--check` reports that it differs. */
async function put(file: string, source: string, make: (before: string) => string): Promise<void> {
  const path = join(root, file)
  const before = existsSync(path) ? await readFile(path, 'utf8') : ''
  const whole = make(before)
  if (whole === before) return
  if (values.check) {
    console.error(`${file} differs from ${source}: run \`npm run docs\``)
    process.exitCode = 1
  } else await writeFile(path, whole)
}

for (const { name, readme, action } of await declaredActions(root)) {
  for (const file of name === 'plan' ? [readme, 'README.md'] : [readme]) {
    if (!existsSync(join(root, file))) continue
    await put(file, 'its action.yml', (text) => {
      const withInputs = between(text, 'inputs', inputTable(action.inputs ?? {}))
      return between(withInputs, 'outputs', outputTable(action.outputs ?? {}))
    })
  }
}
// `uses: $/…` needs a path, so the root action also has a copy in a folder.
const rootAction = await readFile(join(root, 'action.yml'), 'utf8')
const note = '# Generated from the root action.yml by `npm run docs`.\n'
await put('actions/plan/action.yml', 'action.yml', () => note + rootAction.replace('main: dist/', 'main: ../../dist/'))
await put('docs/settings.md', 'the spec of slipway.toml', (text) => between(text, 'settings', settingsTable()))
await put('docs/slipway.schema.json', 'the spec of slipway.toml', settingsSchema)

const TEMPLATES = 'packages/release/src/init/workflow-text.ts'
const { tokens, trusted, late } = printedTemplates()
const yaml = (text: string) => `\`\`\`yaml\n${text}\`\`\``
for (const file of ['README.md', 'docs/workflows.md']) {
  await put(file, TEMPLATES, (text) => between(between(text, 'tokens', yaml(tokens)), 'trusted', yaml(trusted)))
}
// Not a whole workflow, so not the language that tests read workflows from.
await put('docs/workflows.md', TEMPLATES, (text) => between(text, 'late', `\`\`\`yml\n${late}\`\`\``))
await put('examples/metatron/.github/workflows/release.yml', TEMPLATES, () => tokens)

const PROBLEMS = 'docs/problems'
const names = (await readdir(join(root, PROBLEMS))).filter((each) => each !== 'README.md')
const pages = names.map((each) => each.replace(/\.md$/, '')).sort()
const rows = await Promise.all(
  pages.map(async (page) => {
    const text = await readFile(join(root, PROBLEMS, `${page}.md`), 'utf8')
    return `| [${page}](${page}.md) | ${/^Severity: (.+)\.$/m.exec(text)?.[1] ?? ''} |`
  }),
)
const index = ['| Problem | Severity |', '| --- | --- |', ...rows, ''].join('\n')
await put(`${PROBLEMS}/README.md`, 'its pages', (text) => text.slice(0, text.indexOf('| Problem |')) + index)
const list = pages.map((page) => `  '${page}',\n`).join('')
const header =
  '/** The codes of problems with a page in docs/problems. Written from those pages by `npm run docs`. */\n'
await put('packages/core/src/problem-pages.ts', 'its pages', () => {
  return `${header}export const CODES_WITH_PAGE: ReadonlySet<string> = new Set([\n${list}])\n`
})
