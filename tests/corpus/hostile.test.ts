import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { runAction } from '../bundle/action.ts'
import { expectHarmless } from '../bundle/harmless.ts'
import { commit } from '../bundle/project.ts'
import { slipway } from '../cli/command.ts'
import { succeed, temporaryFolder, write } from '../sandbox/harness.ts'
import type { Tree } from '../unit/trees.ts'
import { HOSTILE, type Hostile } from './hostile.ts'
import { shown } from './pieces.ts'

const SECRET = 'nobody-outside-may-read-this'

/** Writes a hostile repository, and beside it files that must not be read. */
function plantHostile({ files, links = {} }: Pick<Hostile, 'files' | 'links'>): string {
  const around = temporaryFolder()
  const [dir, outside] = [join(around, 'repository'), join(around, 'OUTSIDE')]
  const manifest = `[package]\nname = "${SECRET}"\nversion = "1.2.0"\n`
  write(outside, {
    secret: `# ${SECRET}\n\n## 1.2.0\n\n${SECRET}\n`,
    'Cargo.toml': manifest,
    'pyproject.toml': manifest,
  })
  write(dir, files as Record<string, string>)
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true })
    symlinkSync(target.replace('OUTSIDE', outside), join(dir, path))
  }
  return dir
}

const listed = (dir: string) => readdirSync(dir, { recursive: true, encoding: 'utf8' })

/** A stack trace, or the name of an uncaught exception. */
const TRACE = /^\s+at .*[:)]\d*|\b(?:Range|Type|Syntax|Reference)Error\b|node:internal/m

/** Plans with the built command and the built action. Fails if they write, run or print anything that they must not. */
async function planBoth(dir: string, tag?: string): Promise<string[]> {
  const before = new Set(listed(dirname(dir)))
  const command = await slipway(['plan', '--offline', ...(tag === undefined ? [] : [`--tag=${tag}`]), '--', dir], dir)
  expect([[0, 1].includes(command.code ?? -1), command.stderr]).toEqual([true, ''])
  expect(command.stdout).not.toMatch(TRACE)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
  expect(command.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
  const step = await runAction('plan', { offline: 'true', tag: tag ?? '' }, { cwd: dir })
  expect([step.code, step.stderr]).toEqual([command.code, ''])
  expect(step.stdout).not.toMatch(TRACE)
  expectHarmless(step)
  expect(command.stdout + step.seen).not.toContain(SECRET)
  expect(listed(dirname(dir)).filter((each) => !before.has(each))).toEqual([])
  const plan: Plan = JSON.parse(readFileSync(step.outputs['plan-file'] as string, 'utf8'))
  return plan.problems.map(shown)
}

test.each(Object.entries(HOSTILE))('%s: data, or a problem', async (_, { tag, problems = [], ...repository }) => {
  expect(await planBoth(plantHostile(repository), tag)).toEqual(expect.arrayContaining([...problems]))
})

test('planning runs no git command that executes programs of its configuration', async () => {
  const dir = plantHostile(HOSTILE['a tag for a shell'] as Hostile)
  await commit(dir)
  write(dir, { '.gitattributes': '* filter=x\n', 'README.md': 'changed' })
  for (const key of ['core.fsmonitor', 'filter.x.clean', 'gpg.program'])
    await succeed(['git', 'config', key, 'touch pwned; false'], { cwd: dir })
  expect(await planBoth(dir)).toEqual([])
})

test('100,000 files, a crate among them', async () => {
  const name = (index: number) => `data/${index % 300}/${index}.txt`
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [name(index), '']))
  const files: Tree = { ...HOSTILE['a tag for a shell']?.files, ...many }
  expect(await planBoth(plantHostile({ files }))).toEqual([])
})
