import { expect, test } from '@jest/globals'
import { parseYaml } from '@slipway/documents/yaml'
import type { LogEntry } from '@slipway/sandbox/log'
import { actLog } from '../../../packages/cli/src/rehearse/workflow/act-log.ts'
import { credentialsFor } from '../../../packages/cli/src/rehearse/workflow/credentials.ts'
import { failuresOf } from '../../../packages/cli/src/rehearse/workflow/failures.ts'
import {
  cutOff,
  madeUp,
  notOut,
  notRehearsedParts,
  notStarted,
  passOf,
  sentAgain,
  warnings,
} from '../../../packages/cli/src/rehearse/workflow/verdict.ts'

const FILE = '.github/workflows/release.yml'

/** Reads a log of act; each line is as act writes it. */
function read(lines: readonly (object | string)[]) {
  const shown: string[] = []
  const written: string[] = []
  const progress = {
    ended: ({ job, step, result }: { job: string; step: string | null; result: string }) =>
      void shown.push(`${job} ${step} ${result}`),
    printed: () => {},
  }
  const log = actLog(progress, (line) => void written.push(line))
  for (const each of lines) log.line(typeof each === 'string' ? each : JSON.stringify(each))
  return { ...log.result, shown, written }
}

const step = { job: 'release.yml/a ', stage: 'Main', step: 'Break', stepID: ['1'], level: 'info' }
const FAILED = [
  { ...step, msg: 'this is why\n', raw_output: true },
  { ...step, msg: 'Not rehearsed: x is built elsewhere.\n', raw_output: true },
  {
    ...step,
    level: 'warning',
    command: 'warning',
    arg: 'wheels are missing\nBuild them.',
    kvPairs: { title: 'wheels-missing' },
    msg: '',
  },
  {
    ...step,
    level: 'warning',
    command: 'warning',
    arg: 'wheels are missing\nBuild them.',
    kvPairs: { title: 'wheels-missing' },
    msg: '',
  },
  { ...step, level: 'error', msg: 'exit 1', stepResult: 'failure', executionTime: 2e9, stepID: ['1', '0'] },
  { ...step, level: 'error', msg: 'exit 1', stepResult: 'failure', executionTime: 2e9 },
  { job: 'release.yml/a', jobResult: 'failure', msg: 'Job failed' },
]

test('a failed step is reported with its job and its last output', () => {
  const result = read(FAILED)
  expect(result.shown).toEqual(['a Break failure', 'a null failure'])
  expect(failuresOf({ ...result, code: 1 }, '/log')).toEqual([
    {
      code: 'workflow-failed',
      severity: 'error',
      message: 'Job a failed at step Break:\nthis is why\nNot rehearsed: x is built elsewhere.',
      hint: 'Read the whole log in /log',
    },
  ])
  expect(warnings(result.annotations)).toEqual([
    { code: 'wheels-missing', severity: 'warning', message: 'wheels are missing', hint: 'Build them.' },
  ])
  expect(
    notRehearsedParts(result.notRehearsed, { uses: ['actions/cache@v4', 'actions/checkout@v6', 'actions/cache@v4'] }),
  ).toEqual([
    { what: 'a', reason: 'x is built elsewhere' },
    { what: 'actions/cache@v4', reason: 'a rehearsal restores and saves no cache' },
  ])
})

test("a step's error message replaces its output", () => {
  const annotation = { ...step, command: 'error', arg: 'no token', kvPairs: { file: 'a.py', line: '3' }, msg: '' }
  const found = failuresOf({ ...read([annotation, ...FAILED]), code: 1 }, '/log')
  expect(found.map(({ code, message, where }) => [code, message, where])).toEqual([
    ['workflow-annotation', 'no token', { file: 'a.py', line: 3 }],
    ['workflow-failed', 'Job a failed at step Break', undefined],
  ])
})

test('failuresOf: a step with continue-on-error, a job without a runner, and a workflow that act refuses', () => {
  expect(failuresOf({ ...read(FAILED.slice(0, -1)), code: 0 }, '/log')).toEqual([])
  const skipped = read([{ job: 'release.yml/b', msg: 'Skipping unsupported platform -- Try running with' }])
  expect(failuresOf({ ...skipped, code: 0 }, '/log').map((each) => each.message)).toEqual([
    'Job b did not run: its runner label is computed while the workflow runs.',
  ])
  const refused = read(['Error: workflow is not valid'])
  expect(failuresOf({ ...refused, code: 1 }, '/log').map((each) => each.message)).toEqual([
    'act did not run the workflow: workflow is not valid',
  ])
})

test('secrets and variables get logins of the sandbox, by their names or by the inputs that take them', () => {
  const login = (name: string) => ({ registry: '', username: `${name}-user`, password: `${name}-password` })
  const token = (name: string) => ({ token: `${name}-token` })
  const sandbox = {
    cargo: token('cargo'),
    pypi: token('pypi'),
    testpypi: token('testpypi'),
    github: token('github'),
    dockerhub: login('dockerhub'),
    ghcr: login('ghcr'),
  }
  const text = `
    crates-token: \${{ secrets.MY_CARGO }}
    pypi-token: "\${{ secrets.UPLOAD }}"
    x: \${{ secrets.TEST_PYPI_API_TOKEN }}
    with: { dockerhub-username: "\${{ vars.HUB }}", dockerhub-token: "\${{ secrets.HUB_PASSWORD }}" }
    y: \${{ secrets.SLACK_HOOK }} \${{ vars.OTHER }}`
  expect(credentialsFor([text], sandbox as never)).toEqual({
    secrets: {
      GITHUB_TOKEN: 'github-token',
      MY_CARGO: 'cargo-token',
      UPLOAD: 'pypi-token',
      TEST_PYPI_API_TOKEN: 'testpypi-token',
      HUB_PASSWORD: 'dockerhub-password',
      SLACK_HOOK: 'slipway-rehearsal',
    },
    variables: { HUB: 'dockerhub-user' },
    madeUp: ['SLACK_HOOK'],
  })
})

test('only requests to registries count as sent', () => {
  const request = { n: 1, at: 0, method: 'PUT', path: '/', status: 200, effect: null, accepted: true, bodyBytes: 5 }
  const log: LogEntry[] = [
    { ...request, service: 'results', upload: true },
    { ...request, service: 'git', upload: true },
    { ...request, service: 'pypi', upload: true },
    { ...request, service: 'pypi', upload: false },
  ]
  expect(passOf(log, 2)).toEqual({ bytesSent: 5, requests: 2, seconds: 2 })
})

test('each verdict has its code', async () => {
  const document = await parseYaml(FILE, 'on: { push: { tags: ["release-*"] } }')
  const missing = { destination: 'PyPI', standing: 'not out', detail: 'nothing is there yet' }
  const found = [
    ...notStarted({ document, file: FILE }, 'v1'),
    ...madeUp(['A'], FILE),
    ...cutOff(['example.com', 'api.nektosact.com']),
    ...notOut([missing, { ...missing, standing: 'out' }] as never, FILE),
    ...sentAgain({ bytesSent: 3 }, FILE),
  ]
  expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    'workflow-tag-not-matched warning',
    'workflow-secret-made-up notice',
    'workflow-host-refused notice',
    'workflow-incomplete error',
    'workflow-sent-again error',
  ])
  expect([...madeUp([], FILE), ...cutOff(['api.nektosact.com']), ...sentAgain({ bytesSent: 0 }, FILE)]).toEqual([])
})
