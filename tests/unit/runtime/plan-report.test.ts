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

/** Reports the plan with changes. Returns the step's outputs, codes of annotations, log and summary. */
async function reported(changes: Partial<Plan>, env: Record<string, string> = {}) {
  const outputs: Record<string, string | number | boolean> = {}
  const annotated: string[] = []
  const logged: string[] = []
  let summary = ''
  const workflow: Workflow = {
    log: { info: (line) => logged.push(line), debug() {} },
    mask() {},
    output: (name, value) => {
      outputs[name] = value
    },
    saveState() {},
    exportVariable() {},
    addMatchers() {},
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
  return { outputs, annotated, logged, summary }
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
  const late = { name: 'ghcr.io/owner/late', file: 'Dockerfile', context: '.', bases: [], after: 'pypi' as const }
  const images = [...PLAN.images, late]
  const { outputs } = await reported({ images }, { RUNNER_TEMP: temp })
  const { plan, 'plan-file': file, ...others } = outputs
  expect(JSON.parse(plan as string)).toEqual({ ...PLAN, images })
  expect(JSON.parse(readFileSync(file as string, 'utf8'))).toEqual({ ...PLAN, images })
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
    'late-images': '["ghcr.io/owner/late"]',
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
  expect(summary).toMatch(
    /^### ✅ v1.2.0-rc.1 can be released as far as its files show: 2 crates, 1 package &#40;1 wheel&#41;, 1 image\n\nversion 1.2.0-rc.1 &#40;Python 1.2.0rc1&#41;, a prerelease, at 0123456.\n\n\| Part/,
  )
  expect(rowsAfter(summary, 'can be released')).toEqual([
    ['image 1.2.0-rc.1 of Dockerfile', 'ghcr.io/owner/demo', '❔ unknown', 'not checked'],
    ['release v1.2.0-rc.1', 'GitHub', '❔ unknown', 'not checked'],
    ['crate core 1.2.0-rc.1', 'crates.io', '❔ unknown', 'not checked'],
    ['crate ours 1.2.0-rc.1', 'company', '❔ unknown', 'not checked'],
    [
      'Python package demo 1.2.0rc1',
      'PyPI',
      '❔ unknown',
      'not checked; one wheel per platform, cp39 and later; others for 3.9',
    ],
  ])
  expect(summary).toContain(`
- Not released: crate tool. It is private.
- Not released: Python package own. It is &#124; own.
- Not released: documentation docs/conf.py. Sphinx builds it; Slipway does not publish documentation.
`)
})

test('known destinations are listed with their states and logins, and open questions are folded', async () => {
  const { summary } = await reported({
    destinations: [
      {
        publisher: 'crates',
        target: 'crates.io',
        artifact: 'core 1',
        state: 'present',
        detail: 'since 2025',
        login: null,
        missingLogin: 'no login in the job a|b: TOKEN',
      },
      { publisher: 'pypi', target: 'PyPI', artifact: 'demo 1', state: 'absent', detail: 'is new', login: 'a token' },
      { publisher: 'github', target: 'GitHub', artifact: 'v1', state: 'absent', detail: 'not there', login: null },
    ],
    notChecked: ['GitHub: <no token>.', 'PyPI: no answer.'],
  })
  expect(rowsAfter(summary, 'can be released')).toEqual([
    // An input names another image than the one that was asked about.
    ['image 1.2.0-rc.1 of Dockerfile', 'ghcr.io/owner/demo', '❔ unknown', 'not checked'],
    ['crate core 1', 'crates.io', '✅ published', 'since 2025; no login in the job a&#124;b: TOKEN'],
    ['Python package demo 1', 'PyPI', '🆕 not published yet', 'is new; a token'],
    // Another step may have the login, so it is not reported as missing.
    ['release v1', 'GitHub', '🆕 not published yet', 'not there'],
  ])
  expect(summary).toContain(
    '<details><summary>Not checked: 2 questions</summary>\n\n- GitHub: &#60;no token&#62;.\n- PyPI: no answer.\n\n</details>',
  )
})

test('many crates with one destination share a row, and are all in a folded table', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `c${index}`)
  const crates = names.map((name) => ({ ...(PLAN.crates[0] as PlannedCrate), name }))
  const { summary } = await reported({ crates, packages: [], docs: [], images: [] })
  expect(rowsAfter(summary, 'can be released')[1]).toEqual([
    '300 crates',
    'crates.io',
    '❔ unknown',
    'c0 1.2.0-rc.1, c1 1.2.0-rc.1, c2 1.2.0-rc.1 and 297 more; not checked',
  ])
  expect(rowsAfter(summary, 'All 301 parts')).toHaveLength(200)
  expect(summary).toContain('| crate c198 1.2.0-rc.1 |')
  expect(summary).toContain('… and 101 more.')
})

test('many crates that are unpublished for the same reason share a line, and are all in a folded list', async () => {
  const crates = ['a', 'b', 'c', 'd'].map((name) => ({ ...(PLAN.crates[2] as PlannedCrate), name }))
  const { summary } = await reported({ crates, packages: [], docs: [] })
  expect(summary).toContain('\n- Not released: 4 crates: a, b, c and 1 more. It is private.\n')
  expect(summary).toMatch(
    /<summary>All 2 parts, and what is not released<\/summary>[\s\S]*- 4 crates: a, b, c, d. It is private.\n/,
  )
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

test('the verdict comes first, then errors, warnings, notices folded, and details', async () => {
  const problems = [
    notice('n', 'A notice.', 'Read.'),
    warning('w', 'A warning.', 'Fix it.', { file: 'a', line: 1 }),
    error('e', 'An error.', 'Fix it.'),
  ]
  const { summary, annotated } = await reported({ problems })
  expect(annotated).toEqual(['n', 'w', 'e'])
  const order = [
    '### ❌ v1.2.0-rc.1 cannot be released: 1 error, 1 warning',
    '### ❌ 1 error, 1 warning',
    'An error.',
    'A warning.',
    '<summary>1 notice',
    'A notice.',
    '### Details of the plan',
  ]
  const places = order.map((each) => summary.indexOf(each))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
})

test('notices without errors or warnings come last, folded', async () => {
  const { summary } = await reported({ problems: [notice('n', 'A notice.', 'Read.')] })
  expect(summary).toMatch(/^### ✅ .*### Details of the plan.*<summary>1 notice<\/summary>.*A notice\./s)
})

test('a table has at most 200 rows and the number of further ones', async () => {
  const problems = Array.from({ length: 5000 }, (_, index) => warning('w', `Number ${index}.`, 'Fix it.'))
  const { summary } = await reported({ problems })
  expect(rowsAfter(summary, '### ⚠️ 5000 warnings')).toHaveLength(200)
  expect(summary).toContain('… and 4800 more.')
})

test('problems with one cause are one row with all places, and ten annotations; the output has each', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `c|${index}`)
  const crates = names.map((name) => ({ ...(PLAN.crates[0] as PlannedCrate), name: name.replace('|', ''), path: name }))
  const problems = crates.map(({ name, path }) =>
    error('e', `The crate ${name} has no license.`, 'Add one.', { file: `${path}/Cargo.toml`, line: 2 }),
  )
  const todo = { ...notice('todo', 'A TODO.', 'Do it.', { file: 'a.rs', line: 1 }), more: 40 }
  const { summary, annotated, outputs, logged } = await reported({ crates, problems: [...problems, todo] })
  const code = (name: string) => `<code>${name.replace('|', '&#124;')}/Cargo.toml:2</code>`
  const [row, ...others] = rowsAfter(summary, '### ❌ 12 errors')
  expect(others).toEqual([])
  expect(row).toEqual([
    '❌ error<br>e<br>12 times',
    'The crate c0 has no license.',
    'Add one.',
    `${names.slice(0, 3).map(code).join(', ')}<details><summary>and 9 more</summary>${names.slice(3).map(code).join('<br>')}</details>`,
  ])
  expect(annotated).toHaveLength(11)
  expect(logged).toEqual([
    'Not annotated: 2 more of error e; the summary has their places.',
    'Not annotated: 40 more of notice todo; the summary has their places.',
  ])
  expect(summary).toContain('<summary>41 notices</summary>')
  expect(JSON.parse(outputs.problems as string)).toHaveLength(13)
})

test('without a version, the summary only has the problems', async () => {
  const { summary } = await reported({ version: '', problems: [error('no-project', 'Nothing.', 'Add.')] })
  expect(summary).toMatch(/^### ❌ v1.2.0-rc.1 cannot be released: 1 error\n/)
  expect(summary).toContain('Nothing.')
  expect(summary).not.toContain('Details of the plan')
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
