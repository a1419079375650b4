import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

const PAGES = 'docs/problems'
const INDEX = `${PAGES}/README.md`

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The sources of the plan and of what sets versions: where their problems are made. */
const sources = files.filter((each) =>
  /^packages\/(?:project\/src\/.*|release\/src\/(?:plan|readiness\/.*)|registries\/src\/(?:\w+\/)?inquiry|cli\/src\/bump|toolchain\/src\/git)\.ts$/.test(
    each,
  ),
)

/** What stands in a code that is put together. */
const PARTS: Record<string, string[]> = { kind: ['crate', 'package'], key: ['keywords', 'categories'] }

/** A code as it is written, or all that a template may make of it. */
function spelled(code: string): string[] {
  const [whole, name = ''] = /\$\{(\w+)\}/.exec(code) ?? []
  if (whole === undefined) return [code]
  const parts = PARTS[name]
  if (!parts) throw new Error(`what may ${whole} of ${code} be?`)
  return parts.map((each) => code.replace(whole, each))
}

const CALLED = /\b(error|warning|notice|refuse|how)\)?\(\s*['`]([a-z][^'`\s]*)['`],/g
/** Where a code is put together before its problem is. */
const NAMED = /\bcode(?: =|:)[^\n]*/g

const made = sources.flatMap((file) => {
  const text = read(file)
  const called = [...text.matchAll(CALLED)].map(([, , code = '']) => code)
  const named = [...text.matchAll(NAMED)].flatMap(([line]) => [...line.matchAll(/['`]([a-z][^'`\s]*)['`]/g)])
  return [...called, ...named.map(([, code = '']) => code)].flatMap(spelled)
})
const codes = [...new Set(made)].sort()

const tests = files.filter((each) => /^tests\/.*\.ts$/.test(each) && !each.startsWith('tests/house/')).map(read)
const pages = files.filter((each) => each.startsWith(`${PAGES}/`) && each !== INDEX)

/** What a page says of it: `error; notice while no tag is named`. */
function severityOf(page: string): string {
  return /^Severity: (.+)\.$/m.exec(page)?.[1] ?? ''
}

test('problems are found in the sources, each in kebab case', () => {
  expect(codes).toEqual(
    expect.arrayContaining(['toml-syntax', 'changelog-date', 'crate-keywords-refused', 'todo-left']),
  )
  expect(codes.filter((each) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(each))).toEqual([])
})

test('every problem has a page, and every page a problem', () => {
  expect(pages).toEqual(codes.map((each) => `${PAGES}/${each}.md`).sort())
})

test.each(pages)('%s says how much it matters, what it means and how to mend it', (page) => {
  const text = read(page)
  const code = page.slice(PAGES.length + 1, -'.md'.length)
  expect(text.split('\n')[0]).toBe(`# ${code}`)
  expect(severityOf(text)).toMatch(/^(?:error|warning|notice)\b/)
  for (const heading of ['What it means', 'How to mend it']) expect(text).toMatch(new RegExp(`^## ${heading}$`, 'm'))
})

test('every problem is raised in a test', () => {
  const named = (code: string) => tests.some((each) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(each))
  expect(codes.filter((each) => !named(each))).toEqual([])
})

test('a page tells of the severity that the sources give', () => {
  const given = sources.flatMap((file) => [...read(file).matchAll(CALLED)])
  const certain = given.filter(([call, how = '']) => !call.includes(')') && how !== 'how')
  const untold = certain.flatMap(([, how = '', code = '']) => {
    const severity = how === 'refuse' ? 'error' : how
    return spelled(code).flatMap((each) =>
      severityOf(read(`${PAGES}/${each}.md`)).includes(severity) ? [] : `${each}: ${severity}`,
    )
  })
  expect(untold).toEqual([])
})

test('the index is that of the pages', () => {
  const rows = codes.map((each) => `| [${each}](${each}.md) | ${severityOf(read(`${PAGES}/${each}.md`))} |`)
  expect(
    read(INDEX)
      .split('\n')
      .filter((each) => each.startsWith('| [')),
  ).toEqual(rows)
})
