import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { exampleRepository } from '../bundle/project.ts'
import { ENTRY, ROOT } from '../rehearsal/example.ts'
import { run, temporaryFolder, write } from '../sandbox/harness.ts'
import { nodes, slipway } from './command.ts'

const EXAMPLE = join(ROOT, 'examples', 'metatron')

/** Returns name, time, mode and content hash of everything under a folder. */
function snapshot(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const found = statSync(join(dir, name))
      const hash = found.isFile()
        ? createHash('sha256')
            .update(readFileSync(join(dir, name)))
            .digest('hex')
        : ''
      return `${name} ${found.mtimeMs} ${found.mode} ${hash}`
    })
}

test('plan --json prints the plan and nothing else, on each node', async () => {
  for (const [version, node] of await nodes()) {
    const { code, stdout, stderr } = await slipway(['plan', EXAMPLE, '--json', '--offline'], undefined, node)
    expect([version, code, stderr]).toEqual([version, 0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, version: '0.1.0', pythonVersion: '0.1.0', tag: 'v0.1.0' })
  }
})

test('plan defaults to the current folder, and gives the same plan for a named folder', async () => {
  const cwd = await exampleRepository()
  const here = await slipway(['plan', '--json', '--offline'], cwd)
  const there = await slipway(['plan', cwd, '--json', '--offline'])
  expect(here.code).toBe(0)
  expect(JSON.parse(here.stdout)).toEqual(JSON.parse(there.stdout))
  expect(JSON.parse(here.stdout).commit).toMatch(/^[0-9a-f]{40}$/)
})

test('plan shows artifacts and destinations, without colours outside a terminal', async () => {
  const { code, stdout, stderr } = await slipway(['plan', EXAMPLE, '--offline'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    /^v0\.1\.0 can be released as far as its files show: 1 crate, 1 package \(4 wheels\), 1 image\nversion 0\.1\.0, becomes the latest, at [0-9a-f]{7}; form of the tag: \.github\/workflows\/release\.yml:1\n/,
  )
  expect(stdout).toMatch(/^crate metatron-qso 0\.1\.0 +crates\.io +unknown +not checked$/m)
  expect(stdout).toMatch(/^not released: crate metatron_qso_py\. It is the extension module/m)
  expect(stdout).toMatch(/^Python package metatron-qso 0\.1\.0 +PyPI .* one wheel per platform, cp38 and later$/m)
  expect(stdout).toMatch(
    /^10 packaged files, \d\.\d KiB unpacked; version found in 10 places in 4 files; 4 wheel jobs$/m,
  )
  expect(stdout).toMatch(/^not checked: 1 question \(listed by --verbose\)$/m)
  expect(stdout).not.toContain('\u001b')
})

test('plan --verbose lists the files of each crate and the open questions', async () => {
  const { code, stdout } = await slipway(['plan', EXAMPLE, '--offline', '--verbose'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^package of metatron-qso +10 files +\d\.\d KiB unpacked$/m)
  expect(stdout).toMatch(/^not checked: What the destinations already have: an offline plan sends no requests\.$/m)
})

test('plan is printed, and fails, for a tag that differs from the version', async () => {
  const json = await slipway(['plan', EXAMPLE, '--tag', 'v9.9.9', '--json', '--offline'])
  expect([json.code, json.stderr]).toEqual([1, ''])
  const plan = JSON.parse(json.stdout)
  expect([plan.tag, plan.problems.map((each: { code: string }) => each.code)]).toEqual([
    'v9.9.9',
    expect.arrayContaining(['tag-differs-from-version']),
  ])
  const { code, stdout } = await slipway(['plan', EXAMPLE, '--tag', 'v9.9.9', '--offline'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^Cargo\.toml:6: error\[tag-differs-from-version\]: .+\n {4}\S/m)
  expect((await slipway(['plan', EXAMPLE, '--tag', 'metatron-qso/v0.1.0', '--offline'])).code).toBe(0)
})

test('a broken manifest is a problem with its line, and the plan is still JSON', async () => {
  const dir = temporaryFolder()
  write(dir, { 'Cargo.toml': '[package]\nname = "a\n' })
  const { code, stdout, stderr } = await slipway(['plan', dir, '--json', '--offline'])
  expect([code, stderr]).toEqual([1, ''])
  expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'toml-syntax', where: { file: 'Cargo.toml', line: 2 } }])
  const shown = await slipway(['plan', dir, '--offline'])
  expect([shown.code, shown.stderr]).toEqual([1, ''])
  expect(shown.stdout).toMatch(/^Cargo\.toml:2: error\[toml-syntax\]/m)
  expect(shown.stdout).not.toMatch(/undefined|null|^: version/m)
})

test.each([['nowhere'], ['nowhere', '--json']])('a missing folder is a problem: plan %s %s', async (...args) => {
  const { code, stdout, stderr } = await slipway(['plan', ...args], temporaryFolder())
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^error\[no-such-folder\]: .*nowhere.*\n {4}\S/)
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('foreign text cannot control the terminal', async () => {
  const dir = temporaryFolder()
  write(dir, { 'Cargo.toml': '[package]\nname = "a\\u001b[2Jb\\u0007\\rc"\nversion = "1.0.0"\n' })
  const { stdout, stderr } = await slipway(['plan', dir, '--tag', 'v1\u001b]0;title\u0007', '--offline'])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must not contain these
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
})

test('a reader that stops early causes no failure', async () => {
  const dir = temporaryFolder()
  const members = Array.from({ length: 300 }, (_, index) => `c${index}`)
  const manifests = members.map((name) => [`${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion = "1.0.0"\n`])
  write(dir, { 'Cargo.toml': '[workspace]\nmembers = ["*"]\n', ...Object.fromEntries(manifests) })
  const command = '"$0" "$1" plan --offline | head -n 1'
  const { code, stdout, stderr } = await run(['sh', '-c', command, process.execPath, ENTRY], {
    cwd: dir,
    env: { NODE_OPTIONS: undefined, RUNNER_DEBUG: undefined },
  })
  expect([code, stderr, stdout.split('\n')]).toEqual([0, '', [expect.stringContaining('cannot be released'), '']])
})

test('plan writes nothing', async () => {
  const dir = await exampleRepository()
  const before = snapshot(dir)
  expect((await slipway(['plan', dir, '--offline'])).code).toBe(0)
  expect((await slipway(['plan', '--json', '--tag', 'v9.9.9', '--offline'], dir)).code).toBe(1)
  expect(snapshot(dir)).toEqual(before)
})
