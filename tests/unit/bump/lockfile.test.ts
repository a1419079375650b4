import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@jest/globals'
import { planBump } from '@slipway/bump/bump'
import { writeChanges } from '@slipway/bump/write'
import { planProject } from '@slipway/plan/plan'
import { needs } from '../../tools.ts'
import { plant } from '../trees.ts'

const test = needs('cargo')

const crate = (name: string, more = '', version = '1.2.0') =>
  `[package]\nname = "${name}"\nversion = "${version}"\n${more}`
const TREE = {
  'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["a", "b", "c"]\n',
  'a/Cargo.toml': crate('a'),
  'b/Cargo.toml': crate('b', '[dependencies]\na = { path = "../a", version = "1.2.0" }\n'),
  'c/Cargo.toml': crate(
    'c',
    '[dev-dependencies]\nother = { package = "b", path = "../b", version = "=1.2.0", optional = false }\n',
    '0.3.0',
  ),
}

/** Makes a workspace with a lock file that cargo wrote. */
async function locked(): Promise<string> {
  const root = await plant(TREE)
  for (const each of ['a', 'b', 'c']) {
    await mkdir(path.join(root, each, 'src'))
    await writeFile(path.join(root, each, 'src/lib.rs'), '')
  }
  execFileSync('cargo', ['generate-lockfile', '--offline'], { cwd: root, stdio: 'ignore' })
  return root
}

/** Whether cargo resolves the workspace without changing its lock file. */
function isFresh(root: string): boolean {
  return spawnSync('cargo', ['metadata', '--locked', '--offline', '--format-version', '1'], { cwd: root }).status === 0
}

async function lockProblems(root: string): Promise<string[]> {
  const { problems } = await planProject(root)
  return problems.flatMap(({ code, where }) =>
    /^(lock|sibling)-/.test(code) ? `${code} ${where?.file}:${where?.line}` : [],
  )
}

test('cargo accepts the lock file after each bump', async () => {
  const root = await locked()
  for (const wish of ['patch', 'rc', 'rc', 'patch', 'minor', 'major', '2.0.1-beta.1']) {
    const { changes } = await planBump(root, wish, { now: 0 })
    await writeChanges(root, changes)
    expect([wish, isFresh(root), await lockProblems(root)]).toEqual([wish, true, []])
  }
})

test.each<[string, string, (text: string) => string, string[]]>([
  ['nothing', 'a/Cargo.toml', (text) => text, []],
  ['what cargo does not lock', 'a/Cargo.toml', (text) => `${text}description = "a"\n`, []],
  ['the version of a crate', 'c/Cargo.toml', (text) => text.replace('0.3.0', '0.3.1'), ['lock-stale Cargo.lock:18']],
  ['a crate away', 'Cargo.toml', (text) => text.replace(', "c"', ''), []],
  [
    'another dependency',
    'a/Cargo.toml',
    (text) => `${text}[dependencies]\nc = { path = "../c" }\n`,
    ['lock-stale Cargo.lock:6'],
  ],
  [
    'a dependency away',
    'b/Cargo.toml',
    (text) => text.replace(/\[dependencies\][\s\S]*/, ''),
    ['lock-stale Cargo.lock:10'],
  ],
  [
    'a version that is not accepted',
    'b/Cargo.toml',
    (text) => text.replace('version = "1.2.0" }', 'version = "2" }'),
    ['sibling-pin-differs b/Cargo.toml:5'],
  ],
  [
    'a version that is accepted',
    'b/Cargo.toml',
    (text) => text.replace('version = "1.2.0" }', 'version = ">=1, <2" }'),
    [],
  ],
])('cargo and the plan agree after %s', async (_, file, change, expected) => {
  const root = await locked()
  expect(isFresh(root)).toBe(true)
  await writeFile(path.join(root, file), change(await readFile(path.join(root, file), 'utf8')))
  expect(await lockProblems(root)).toEqual(expected)
  expect(isFresh(root)).toBe(expected.length === 0)
})

test('cargo and the plan agree after another crate', async () => {
  const root = await locked()
  await rm(path.join(root, 'c/Cargo.toml'))
  await writeFile(path.join(root, 'c/Cargo.toml'), TREE['c/Cargo.toml'].replace('name = "c"', 'name = "d"'))
  expect(await lockProblems(root)).toEqual(['lock-stale Cargo.lock:1'])
  expect(isFresh(root)).toBe(false)
})
