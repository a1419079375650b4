import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'

const program = join(import.meta.dirname, 'step.ts')

function step(name: string, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-step-'))
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const ran = spawnSync(process.execPath, [program, name], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...files, ...env },
  })
  return {
    code: ran.status,
    stderr: ran.stderr,
    lines: ran.stdout.split('\n').filter(Boolean),
    output: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  }
}

test('a successful step runs no untrusted command and shows no secret', () => {
  const { code, stderr, lines, output, summary } = step('good', { INPUT_TOKEN: 's3cret|x', 'INPUT_DRY-RUN': 'true' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(lines).toEqual([
    '::add-mask::s3cret|x',
    'dry run: true; token: ***',
    '> ::set-env name=PATH::evil',
    '>   ::add-path::x',
    'ok ## [add-mask]y',
    '> \u0085::z',
    '::debug::::in debug%0Anext',
    '::group::A > ::group',
    'in it',
    '::endgroup::',
    '::warning title=w,file=crates/a/Cargo.toml,line=3::Careful, 100%25: a|b ***%0ADo%0Aso.',
  ])
  expect(output).toMatch(/^version<<(ghadelimiter_\S+)\n1\.0\.0\nevil=1\n\1\n$/)
  expect(summary).toContain('### Done &#124; &#60;b&#62;\n\nIt is.\n')
  expect(summary).toContain('| ⚠️ warning<br>w | Careful, 100%: a&#124;b *** | Do<br>so. | <code>Cargo.toml:3</code> |')
})

test.each(['Bearer abc123', 'token abc123', 'user:abc123'])(
  'of the credential %s, the secret alone is masked too',
  (token) => {
    const { lines } = step('part', { INPUT_TOKEN: token })
    expect(lines).toEqual([`::add-mask::${token}`, '::add-mask::abc123', 'all: ***; its end: ***'])
  },
)

test('problems give one annotation each, a failed step and a summary', () => {
  const { code, lines, summary } = step('problems')
  expect(code).toBe(1)
  expect(lines).toEqual(['::error title=first::One.%0ADo one.', '::error title=second::Two.%0ADo two.'])
  expect(summary).toContain('### Plan')
  expect(summary).toContain('| ❌ error<br>second | Two. | Do two. |  |')
})

test('a repeated warning is annotated once, listed in the summary, and does not fail the step', () => {
  const { code, lines, summary } = step('warns')
  expect([code, lines]).toEqual([0, ['::warning title=w::Careful.%0ALook.']])
  expect(summary).toContain('| ⚠️ warning<br>w | Careful. | Look. |')
})

test('a missing input fails the step with an annotation', () => {
  const { code, lines } = step('good')
  expect(code).toBe(1)
  expect(lines).toEqual([
    '::error title=input-missing::The required input `token` is missing.%0APass `token`: any text.%0ASee docs/problems/input-missing.md',
  ])
})

test('in a job, an annotation and the summary lead to the page at the action’s ref', () => {
  const { lines, summary } = step('good', {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://example.invalid',
    GITHUB_ACTION_REPOSITORY: 'owner/slipway',
    GITHUB_ACTION_REF: 'v1',
  })
  const page = 'https://example.invalid/owner/slipway/blob/v1/docs/problems/input-missing.md'
  expect(lines.at(-1)?.split('%0A').at(-1)).toBe(`See ${page}`)
  expect(summary).toContain(`| ❌ error<br>[input-missing](<${page}>) |`)
})

test('any other error is one line with its causes; the stack only with debug logging', () => {
  const quiet = step('unexpected')
  expect(quiet.code).toBe(1)
  expect(quiet.lines).toHaveLength(1)
  expect(quiet.lines[0]).toMatch(/^::error title=failed::upload failed: fetch failed: ECONNRESET%0A/)
  const debug = step('unexpected', { RUNNER_DEBUG: '1' }).lines.join('\n')
  expect(debug).toMatch(/::debug::Error: upload.*step\.ts/)
  expect(debug).toMatch(/::debug::TypeError: fetch failed.*step\.ts/)
})

test('a summary that is too long is cut after a line', () => {
  const { summary } = step('long')
  expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 20)
  expect(summary).toMatch(/– a line\n– a line\n\nThe rest of the summary is left out: it is too long\.\n+$/)
})

test('a summary that cannot be written does not change the step’s result', () => {
  const { code, lines } = step('problems', { GITHUB_STEP_SUMMARY: '/nowhere/summary' })
  expect(code).toBe(1)
  expect(lines.at(-1)).toMatch(/^The summary could not be written: /)
})

/** Whether a process runs; a zombie, whose parent has not read its exit code, does not. */
function alive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the step and its child', async (signal) => {
  const parent = spawn(process.execPath, [program, 'child'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (line) => resolve(Number(line))))
  expect(alive(pid)).toBe(true)
  const ended = new Promise((resolve) => parent.once('exit', (_, by) => resolve(by)))
  parent.kill(signal)
  expect(await ended).toBe(signal)
  for (let wait = 0; wait < 50 && alive(pid); wait++) await setTimeout(20)
  expect(alive(pid)).toBe(false)
})
