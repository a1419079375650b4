import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../trees.ts'

/** Returns the notes of a clean project with these changes. */
async function notes(changes: Tree = {}): Promise<string | null> {
  return (await planProject(await plant(workspace(changes)), { tag: 'v1.2.0-rc.1' })).notes
}

test('fills in a template; other braces stay', async () => {
  const section = await notes()
  expect(section).toBeTruthy()
  const template = '# {tag}\n\n{changelog}\n\n`pip install demo=={python-version}` {version} {else} { version } {{x}}\n'
  const { version, pythonVersion } = await planProject(await plant(workspace()))
  expect(await notes({ 'slipway.toml': 'notes = "docs/notes.md"\n', 'docs/notes.md': template })).toBe(
    `# v1.2.0-rc.1\n\n${section}\n\n\`pip install demo==${pythonVersion}\` ${version} {else} { version } {{x}}`,
  )
})

test('does not fill in placeholders in the changelog', async () => {
  const changes = {
    'slipway.toml': 'notes = "notes.md"\n',
    'notes.md': '{changelog}',
    'CHANGELOG.md': '## 1.2.0-rc.1\n\n$& {tag} $1\n',
  }
  expect(await notes(changes)).toBe('$& {tag} $1')
})

test('an empty template gives no notes; the gate is split into words', async () => {
  expect(await notes({ 'slipway.toml': 'notes = "notes.md"\n', 'notes.md': '\n' })).toBeNull()
  const gate = 'gate = ["cargo test --all", "python -c \'print(1 + 1)\'"]\n'
  const plan = await planProject(await plant(workspace({ 'slipway.toml': gate })))
  expect(plan.gate).toEqual([
    ['cargo', 'test', '--all'],
    ['python', '-c', 'print(1 + 1)'],
  ])
})
