import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { planBump } from '@slipway/bump/bump'
import { unifiedDiff } from '@slipway/bump/unified-diff'
import { planProject } from '@slipway/plan/plan'
import { plant } from '../trees.ts'
import { bump, contents, NOW, SHAPES } from './shapes.ts'

const ERRORS = /^(version-|sibling-|lock-|no-python|local-version|prerelease-is|tag-)/

/** Returns the errors of a plan about versions. */
async function versionErrors(root: string, tag: string): Promise<string[]> {
  const { problems } = await planProject(root, { tag, now: NOW })
  return problems
    .filter(({ code, severity }) => severity === 'error' && ERRORS.test(code))
    .map(({ message }) => message)
}

const shapes = Object.entries(SHAPES).map(([shape, tree]) => ({ shape, tree }))
const ends = [
  { end: 'LF', write: (text: string) => text },
  { end: 'CRLF', write: (text: string) => text.replaceAll('\n', '\r\n') },
  {
    end: 'a byte order mark',
    write: (text: string, file: string) => (/\.(toml|md)$/.test(file) ? `\uFEFF${text}` : text),
  },
]
const wishes = ['patch', 'minor', 'major', 'rc', '1.3.0-alpha.2', '10.20.30-dev.1', '1.2.1-beta.4']

describe.each(shapes)('$shape', ({ tree }) => {
  const cases = ends.flatMap(({ end, write }) => wishes.map((wish) => ({ end, write, wish })))
  test.each(cases)('with $end, to $wish, and back', async ({ write, wish }) => {
    const entries = Object.entries(tree).map(([file, text]) => [file, text === null ? null : write(text, file)])
    const root = await plant(Object.fromEntries(entries))
    expect(await versionErrors(root, 'v1.2.0')).toEqual([])
    const before = await contents(root)
    const bumped = await bump(root, wish)
    expect(await versionErrors(root, bumped.tag)).toEqual([])
    const after = await contents(root)
    expect(after).not.toEqual(before)
    expect((await planProject(root, { now: NOW })).notes).toMatch(/[-*] (x|Something\.)$/)
    // Setting the same version again changes nothing.
    expect((await bump(root, bumped.to)).changes).toEqual([])
    // Going back restores every file except the changelog, which only grows, and the date.
    await bump(root, '1.2.0', { allowOlder: true })
    const again = await contents(root)
    const rest = (all: Record<string, string>) =>
      Object.entries(all).filter(([file]) => !/^(CHANGELOG|HISTORY|CITATION)/.test(file))
    expect(rest(again)).toEqual(rest(before))
  })

  test.each(ends)('with $end, git applies the diff and gets the same files', async ({ write }) => {
    const entries = Object.entries(tree).map(([file, text]) => [file, text === null ? null : write(text, file)])
    const root = await plant(Object.fromEntries(entries))
    const { changes } = await planBump(root, '2.0.0-rc.1', { now: NOW })
    const diff = changes.map(({ file, before, after }) => unifiedDiff(file, before, after)).join('')
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
      cwd: root,
      input: diff,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    const expected = Object.fromEntries(changes.map(({ file, after }) => [file, after]))
    expect(await contents(root)).toMatchObject(expected)
  })
})
