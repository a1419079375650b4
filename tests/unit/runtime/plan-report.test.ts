import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { Plan, PlannedCrate } from '@slipway/core/plan'
import { error, notice, ProblemError, warning } from '@slipway/core/problem'
import type { Context } from '@slipway/runtime/main'
import { failOn, reportPlan } from '@slipway/runtime/plan-report'
import { nodePorts } from '@slipway/runtime/ports'
import { createReport } from '@slipway/runtime/report'
import type { Workflow } from '@slipway/runtime/workflow'

const temp = mkdtempSync(join(tmpdir(), 'plan-report-'))
afterAll(() => rmSync(temp, { recursive: true, force: true }))

const PLAN: Plan = {
  schema: 1,
  version: '1.2.0-rc.1',
  pythonVersion: '1.2.0rc1',
  tag: 'v1.2.0-rc.1',
  commit: '0123456789012345678901234567890123456789',
  prerelease: true,
  makeLatest: false,
  logins: [],
  trains: [],
  crates: [
    { name: 'core', version: '1.2.0-rc.1', path: 'core', publish: true },
    { name: 'ours', version: '1.2.0-rc.1', path: 'ours', publish: ['company'] },
    { name: 'tool', version: '0.1.0', path: 'tool', publish: false, reason: 'It is private.' },
  ],
  packages: [
    { name: 'demo', version: '1.2.0rc1', path: 'py', backend: 'maturin', abi3: 'cp39', imports: ['demo'] },
    { name: 'own', version: '3', path: 'own', backend: 'flit_core', abi3: null, imports: [], reason: 'It is | own.' },
  ],
  images: [{ name: 'ghcr.io/owner/demo', file: 'Dockerfile', context: '.', bases: [] }],
  docs: [{ generator: 'Sphinx', file: 'docs/conf.py', path: 'docs' }],
  versions: [{ file: 'Cargo.toml', line: 4, value: '1.2.0-rc.1' }],
  destinations: [],
  matrix: [
    {
      package: 'demo',
      path: 'py',
      runner: 'ubuntu-latest',
      target: 't',
      manylinux: '',
      name: 'demo',
      interpreter: '3.9',
      sdist: true,
    },
  ],
  gate: [],
  notChecked: [],
  notes: null,
  problems: [],
}

/** Reports the plan with changes. Returns the step's outputs, codes of annotations and summary. */
async function reported(changes: Partial<Plan>, env: Record<string, string> = {}) {
  const outputs: Record<string, string | number | boolean> = {}
  const annotated: string[] = []
  let summary = ''
  const workflow: Workflow = {
    log: { info() {}, debug() {} },
    mask() {},
    output: (name, value) => {
      outputs[name] = value
    },
    saveState() {},
    annotate: ({ code }) => annotated.push(code),
    group: (_, action) => action(),
    async summarize(markdown) {
      summary += markdown
    },
  }
  const report = createReport(workflow)
  const ports = nodePorts(env, { ...workflow.log, problem: (each) => report.problem(each) })
  await reportPlan({ report, workflow, ports } as Context, { ...PLAN, ...changes })
  await report.finish()
  return { outputs, annotated, summary }
}

/** Returns the cells of the first table after a text. */
function rowsAfter(summary: string, text: string): string[][] {
  const [table = ''] = summary
    .slice(summary.indexOf(text))
    .split('\n\n')
    .filter((each) => each.startsWith('|'))
  return table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((each) => each.trim()),
    )
}

test('the outputs have the fields of the plan', async () => {
  const { outputs } = await reported({}, { RUNNER_TEMP: temp })
  const { plan, 'plan-file': file, ...others } = outputs
  expect(JSON.parse(plan as string)).toEqual(PLAN)
  expect(JSON.parse(readFileSync(file as string, 'utf8'))).toEqual(PLAN)
  expect(others).toEqual({
    version: '1.2.0-rc.1',
    'python-version': '1.2.0rc1',
    tag: 'v1.2.0-rc.1',
    prerelease: true,
    'make-latest': false,
    matrix: JSON.stringify({ include: PLAN.matrix }),
    crates: '["core","ours"]',
    packages: '["demo"]',
    images: '["ghcr.io/owner/demo"]',
    problems: '[]',
  })
})

test('a plan that is too long for an output is in the file', async () => {
  const { outputs } = await reported({ notes: 'x'.repeat(1_000_000) }, { RUNNER_TEMP: temp })
  expect([outputs.plan, outputs.version]).toEqual(['', '1.2.0-rc.1'])
  expect(JSON.parse(readFileSync(outputs['plan-file'] as string, 'utf8')).notes).toHaveLength(1_000_000)
})

test('without a folder for the plan there is no file', async () => {
  expect((await reported({})).outputs['plan-file']).toBe('')
})

test('without known destinations, the summary lists those of the project’s files, then unpublished parts', async () => {
  const { summary } = await reported({})
  expect(summary).toContain('✅ No errors: version 1.2.0-rc.1 &#40;Python 1.2.0rc1&#41;, a prerelease')
  expect(rowsAfter(summary, 'No errors')).toEqual([
    ['image 1.2.0-rc.1 of Dockerfile', 'ghcr.io/owner/demo', '❔ unknown', 'not checked'],
    ['release v1.2.0-rc.1', 'GitHub', '❔ unknown', 'not checked'],
    ['crate core 1.2.0-rc.1', 'crates.io', '❔ unknown', 'not checked'],
    ['crate ours 1.2.0-rc.1', 'company', '❔ unknown', 'not checked'],
    [
      'Python package demo 1.2.0rc1 &#40;one wheel per platform, cp39 and later&#41;',
      'PyPI',
      '❔ unknown',
      'not checked',
    ],
    ['crate tool', '–', 'not published', 'It is private.'],
    ['Python package own', '–', 'not published', 'It is &#124; own.'],
    ['documentation docs/conf.py', '–', 'not published', 'Sphinx builds it; Slipway does not publish documentation.'],
  ])
})

test('known destinations are listed with their states, and unchecked ones below', async () => {
  const { summary } = await reported({
    destinations: [
      {
        publisher: 'crates',
        target: 'crates.io',
        artifact: 'core 1',
        state: 'present',
        detail: 'since 2025',
        login: null,
      },
      { publisher: 'pypi', target: 'PyPI', artifact: 'demo 1', state: 'absent', detail: 'is new', login: 'a token' },
      { publisher: 'github', target: 'GitHub', artifact: 'v1', state: 'absent', detail: 'not there', login: null },
    ],
    notChecked: ['GitHub: <no token>.', 'PyPI: no answer.'],
  })
  expect(rowsAfter(summary, 'No errors').slice(0, 3)).toEqual([
    ['core 1', 'crates.io', '✅ published', 'since 2025'],
    ['demo 1', 'PyPI', '🆕 not published yet', 'is new; a token'],
    ['v1', 'GitHub', '🆕 not published yet', 'not there'],
  ])
  // Another step may have the login, so it is not reported as missing.
  expect(summary).not.toContain('No login')
  expect(summary).toContain('Not checked: GitHub: &#60;no token&#62;. PyPI: no answer.')
})

test('many crates that are unpublished for the same reason share a row', async () => {
  const crates = ['a', 'b', 'c', 'd'].map((name) => ({ ...(PLAN.crates[2] as PlannedCrate), name }))
  const { summary } = await reported({ crates, packages: [], docs: [] })
  expect(rowsAfter(summary, 'No errors').slice(2)).toEqual([
    ['4 crates', '–', 'not published', 'It is private. &#40;a, b, c, d&#41;'],
  ])
})

test('the first fifty files of each packaged crate are listed', async () => {
  const [core] = PLAN.crates as [PlannedCrate]
  const files = Array.from({ length: 52 }, (_, nth) => `src/<${nth}>.rs`)
  const { summary } = await reported({ crates: [{ ...core, contents: { files, bytes: 3 * 2 ** 20 } }] })
  expect(summary).toContain('Packaged files of 1 crate')
  const [[name, count, size, list = ''] = []] = rowsAfter(summary, 'Packaged files of')
  expect([name, count, size]).toEqual(['core', '52', '3.0 MiB'])
  expect(list).toMatch(/^<code>src\/&#60;0&#62;\.rs<\/code> .*<code>src\/&#60;49&#62;\.rs<\/code> and 2 more$/)
})

test('errors come first, then warnings, then notices folded, then the plan', async () => {
  const problems = [
    notice('n', 'A notice.', 'Read.'),
    warning('w', 'A warning.', 'Fix it.', { file: 'a', line: 1 }),
    error('e', 'An error.', 'Fix it.'),
  ]
  const { summary, annotated } = await reported({ problems })
  expect(annotated).toEqual(['n', 'w', 'e'])
  const order = [
    '### ❌ 1 error, 1 warning',
    'An error.',
    'A warning.',
    '<summary>1 notice',
    'A notice.',
    '### Plan of',
  ]
  const places = order.map((each) => summary.indexOf(each))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(summary).toContain('❌ Errors block the release')
})

test('notices without errors or warnings come last, folded', async () => {
  const { summary } = await reported({ problems: [notice('n', 'A notice.', 'Read.')] })
  expect(summary).toMatch(/^### Plan of.*<summary>1 notice<\/summary>.*A notice\./s)
})

test('a table has at most 200 rows and the number of further ones', async () => {
  const problems = Array.from({ length: 5000 }, (_, index) => warning('w', `Number ${index}.`, 'Fix it.'))
  const { summary } = await reported({ problems })
  expect(rowsAfter(summary, '5000 warnings')).toHaveLength(200)
  expect(summary).toContain('… and 4800 more.')
})

test('without a version, the summary only has the problems', async () => {
  const { summary } = await reported({ version: '', problems: [error('no-project', 'Nothing.', 'Add.')] })
  expect(summary).toContain('Nothing.')
  expect(summary).not.toContain('Plan of')
})

test.each([
  ['error', 'warning', false],
  ['error', 'error', true],
  ['warning', 'notice', false],
  ['warning', 'warning', true],
  ['never', 'error', false],
] as const)('fail-on %s, with a problem of severity %s: fails %p', (threshold, severity, fails) => {
  const act = () => failOn(threshold, [{ ...error('c', 'm', 'h'), severity }])
  if (fails) expect(act).toThrow(ProblemError)
  else expect(act).not.toThrow()
})
