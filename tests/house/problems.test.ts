import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { CODES_WITH_PAGE } from '@slipway/core/problem-pages'
import { files, root } from './checkout.ts'

const PAGES = 'docs/problems'
const INDEX = `${PAGES}/README.md`

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The sources that make problems. The sandbox is left out: its answers have the registries' own codes. */
const sources = files.filter((each) => /^(?:packages\/(?!sandbox\/)[^/]+\/src|actions)\/.*\.ts$/.test(each))

/** The codes that each template makes. */
const TEMPLATES: Record<string, string[]> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: copied from the sources
  'crate-${key}-refused': ['crate-keywords-refused', 'crate-categories-refused'],
  'docs-${kind}-name-differs': ['docs-crate-name-differs', 'docs-package-name-differs'],
  '${kind}-unreadable': ['crate-unreadable', 'sdist-unreadable', 'wheel-unreadable'],
  '${name}-not-installed': ['auditwheel', 'build', 'delocate', 'delvewheel', 'maturin', 'sccache'].map(
    (each) => `${each}-not-installed`,
  ),
  'remote-${failure}': ['denied', 'doubtful', 'limited', 'refused', 'taken'].map((each) => `remote-${each}`),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: copied from the sources
}

/** Codes that only a bug in Slipway or a broken machine can raise, so no test does. */
const UNRAISED = ['no-actions', 'no-example', 'sandbox-silent', 'second-pass-sent']

/** Returns a literal code, or all the codes that a template makes. */
function spelled(code: string): string[] {
  if (!code.includes('${')) return [code]
  const all = TEMPLATES[code]
  if (!all) throw new Error(`Add the codes that ${code} makes to TEMPLATES.`)
  return all
}

const CALLED = /\b(error|warning|notice|refuse|fault|severity)\)?\(\s*['`]([a-z$][^'`\s]*)['`],/g
/** A code assigned before its problem is made. The result of a function call is not matched: that function names the code. */
const NAMED = /\bcode(?: =|:) (?!\w+\()[^\n]*/g

const made = sources.flatMap((file) => {
  const text = read(file)
  const called = [...text.matchAll(CALLED)].map(([, , code = '']) => code)
  const named = [...text.matchAll(NAMED)].flatMap(([line]) => [...line.matchAll(/['`]([a-z$][^'`\s]*)['`]/g)])
  return [...called, ...named.map(([, code = '']) => code)].flatMap(spelled)
})
const codes = [...new Set(made)].sort()

const tests = files.filter((each) => /^tests\/.*\.ts$/.test(each) && !each.startsWith('tests/house/')).map(read)
const pages = files.filter((each) => each.startsWith(`${PAGES}/`) && each !== INDEX)

/** Returns the severity line of a page: `error; notice if no tag is named`. */
function severityOf(page: string): string {
  return /^Severity: (.+)\.$/m.exec(page)?.[1] ?? ''
}

test('the sources name their problems in kebab case', () => {
  expect(codes).toEqual(
    expect.arrayContaining(['toml-syntax', 'changelog-date', 'crate-keywords-refused', 'todo-left', 'conflict']),
  )
  expect(codes.filter((each) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(each))).toEqual([])
})

test('every problem has a page, and every page has a problem', () => {
  expect(pages).toEqual(codes.map((each) => `${PAGES}/${each}.md`).sort())
})

test.each(pages)('%s has a severity, a meaning and a fix', (page) => {
  const text = read(page)
  const code = page.slice(PAGES.length + 1, -'.md'.length)
  expect(text.split('\n')[0]).toBe(`# ${code}`)
  expect(severityOf(text)).toMatch(/^(?:error|warning|notice)\b/)
  for (const heading of ['What it means', 'How to fix it']) expect(text).toMatch(new RegExp(`^## ${heading}$`, 'm'))
})

test('a test raises every problem', () => {
  const named = (code: string) => tests.some((each) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(each))
  expect(codes.filter((each) => !named(each))).toEqual(UNRAISED)
})

test('each page names the severity that the sources use', () => {
  const calls = sources.flatMap((file) => [...read(file).matchAll(CALLED)])
  const certain = calls.filter(([call, how = '']) => !call.includes(')') && how !== 'severity')
  const unlisted = certain.flatMap(([, how = '', code = '']) => {
    const severity = how === 'refuse' || how === 'fault' ? 'error' : how
    return spelled(code).flatMap((each) =>
      severityOf(read(`${PAGES}/${each}.md`)).includes(severity) ? [] : `${each}: ${severity}`,
    )
  })
  expect(unlisted).toEqual([])
})

test('the index lists the pages', () => {
  const rows = codes.map((each) => `| [${each}](${each}.md) | ${severityOf(read(`${PAGES}/${each}.md`))} |`)
  expect(
    read(INDEX)
      .split('\n')
      .filter((each) => each.startsWith('| [')),
  ).toEqual(rows)
})

test('the code knows the pages', () => {
  expect([...CODES_WITH_PAGE]).toEqual(codes)
})
