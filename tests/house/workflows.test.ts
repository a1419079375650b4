import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { localized, unqueued } from '@slipway/core/siblings'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { parse } from 'yaml'
import runners from '../../packages/project/src/settings/runners.json' with { type: 'json' }
import { type ActionFile, declaredActions } from '../../scripts/action-files.ts'
import { root } from './checkout.ts'
import {
  actionOf,
  calledBy,
  type Job,
  needsOf,
  pullRequest,
  REUSABLE,
  type Step,
  templateTexts,
  texts,
  tokens,
  trusted,
  type Workflow,
  workflows,
} from './workflows/files.ts'

/** Permissions that callers grant since version 1. Never add one: runs of existing callers would no longer start. */
const GRANTED = { contents: 'write', packages: 'write', 'id-token': 'write', attestations: 'write' }

/** Actions that run code of the project: build scripts, backends, tests, wheels, or programs from cargo's configuration. */
const RUN_PROJECT = ['gate', 'build-wheels', 'setup-toolchains', 'verify-install', 'assemble']

/** Workflows for this repository only, whose jobs may have their own secrets. */
const OWN = ['release-slipway.yml', 'canary.yml', 'ci.yml']

interface Placed {
  where: string
  file: string
  workflow: Workflow
  job: Job
}

const placed = (file: string, workflow: Workflow): Placed[] =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, file, workflow, job }))

const own = Object.entries(workflows).flatMap(([file, workflow]) => placed(file, workflow))
const templates = [placed('tokens', tokens), placed('trusted', trusted), placed('pull request', pullRequest)].flat()
const everywhere = [...own, ...templates]
const reusable = own.filter(({ file }) => REUSABLE.includes(file))
const steps = (among: readonly Placed[]) =>
  among.flatMap(({ job, ...at }) => (job.steps ?? []).map((step) => ({ ...at, job, step })))
const runsProject = ({ steps: all = [] }: Job) =>
  all.some((step) => {
    const action = actionOf(step) ?? ''
    return RUN_PROJECT.includes(action) || (action === 'push-image' && String(step.with?.push) === 'false')
  })

const actions = new Map<string, ActionFile>()
for (const { name, action } of await declaredActions(root)) actions.set(name, action)

const LEVELS = ['none', 'read', 'write']
/** Returns whether permissions include all of another job's. */
const covers = (by: Record<string, string>, what: Record<string, string>) =>
  Object.entries(what).every(([scope, level]) => LEVELS.indexOf(level) <= LEVELS.indexOf(by[scope] ?? 'none'))

/** Returns every job of a workflow and of the workflows that it calls. */
function closure(workflow: Workflow): Job[] {
  return Object.values(workflow.jobs).flatMap((job) => {
    const file = calledBy(job)
    return file === null ? [job] : [job, ...closure(workflows[file] as Workflow)]
  })
}

test('all workflows exist, and the templates are within their limits', () => {
  expect(Object.keys(workflows)).toEqual([...OWN, ...REUSABLE].sort())
  expect(templateTexts.map((text) => text.trimEnd().split('\n').length <= 60)).toEqual([true, true, true, true])
  expect(templateTexts[0]?.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
})

test('a workflow has no permissions; each job has its own, at most those of its callers', () => {
  for (const [file, { permissions }] of Object.entries(workflows)) expect([file, permissions]).toEqual([file, {}])
  for (const { where, job } of everywhere) {
    expect([where, typeof job.permissions]).toEqual([where, 'object'])
    const file = calledBy(job)
    if (file === null) continue
    for (const each of closure(workflows[file] as Workflow)) {
      expect([where, each.name, covers(job.permissions ?? {}, each.permissions ?? {})]).toEqual([
        where,
        each.name,
        true,
      ])
    }
  }
})

test('no job needs more than callers grant', () => {
  for (const { where, job } of reusable) {
    expect([where, covers(GRANTED, job.permissions ?? {})]).toEqual([where, true])
  }
  expect(tokens.jobs.release?.permissions).toEqual(GRANTED)
  expect(trusted.jobs.build?.permissions).toEqual(GRANTED)
  expect(pullRequest.jobs.check?.permissions).toEqual({ contents: 'read' })
  const check = closure(workflows['check.yml'] as Workflow)
  expect(check.every(({ permissions = {} }) => covers({ contents: 'read' }, permissions))).toBe(true)
})

test('a job that runs code of the project can only read, and has no secret and no environment', () => {
  const found = everywhere.filter(({ job }) => runsProject(job))
  expect(found.length).toBeGreaterThan(8)
  for (const { where, job } of found) {
    expect([where, covers({ contents: 'read' }, job.permissions ?? {})]).toEqual([where, true])
    expect([where, job.environment, /secrets\.|github\.token/.test(JSON.stringify(job))]).toEqual([
      where,
      undefined,
      false,
    ])
  }
})

test('a job that can write, or has a secret or an environment, runs only actions and checks nothing out', () => {
  const holds = ({ job }: Placed) =>
    job.steps !== undefined &&
    (!covers({ contents: 'read', packages: 'read' }, job.permissions ?? {}) ||
      job.environment !== undefined ||
      JSON.stringify(job).includes('secrets.'))
  for (const { where, step } of steps([...reusable, ...templates].filter(holds))) {
    const isRefusal = step.run !== undefined && /^echo '::error::[^']*'\nexit 1\n$/.test(step.run)
    expect([where, step.name, isRefusal || actionOf(step) !== null]).toEqual([where, step.name, true])
  }
})

test('only jobs that publish or attest, or call a workflow, have an ID token', () => {
  const holders = everywhere.filter(({ job }) => job.permissions?.['id-token'] !== undefined)
  for (const { where, job } of holders) {
    const publishes = (job.steps ?? []).some((step) =>
      ['publish-pypi', 'publish-crate', 'attest'].includes(actionOf(step) ?? ''),
    )
    expect([where, publishes || calledBy(job) !== null]).toEqual([where, true])
  }
})

test('the job that attests does nothing else, and has no other permission', () => {
  const found = everywhere.filter(({ job }) => job.permissions?.attestations !== undefined && calledBy(job) === null)
  expect(found.map(({ where }) => where)).toEqual(['build.yml attest'])
  for (const { job } of found) {
    expect(job.permissions).toEqual({ 'id-token': 'write', attestations: 'write' })
    expect((job.steps ?? []).map(actionOf)).toEqual(['attest'])
  }
})

test('secrets are declared, passed by name, used, and only passed to inputs', () => {
  for (const [file, workflow] of Object.entries(workflows).filter(([name]) => REUSABLE.includes(name))) {
    const declared = Object.keys(workflow.on.workflow_call?.secrets ?? {})
    const used = new Set([...(texts[file] ?? '').matchAll(/\bsecrets\.(\w+)/g)].map(([, name]) => name))
    expect([file, [...used].sort()]).toEqual([file, declared.sort()])
  }
  for (const { where, job } of everywhere) {
    expect([where, job.secrets]).not.toEqual([where, 'inherit'])
    const file = calledBy(job)
    if (file === null) continue
    const taken = Object.keys(workflows[file]?.on.workflow_call?.secrets ?? {})
    const passed = Object.keys((job.secrets ?? {}) as Record<string, string>)
    expect([where, passed.filter((each) => !taken.includes(each))]).toEqual([where, []])
  }
  for (const { where, step } of steps(everywhere)) {
    const { with: given = {}, ...rest } = step
    expect([where, JSON.stringify(rest).includes('secrets.')]).toEqual([where, false])
    const inputs = Object.entries(given).filter(([, value]) => String(value).includes('secrets.'))
    expect([where, inputs.filter(([name]) => !/-token$|^ssh-key$/.test(name))]).toEqual([where, []])
  }
})

test('every step that queries Docker Hub has its login, unless the job runs code of the project', () => {
  const asking = steps(reusable).filter(({ job, step }) => {
    return 'dockerhub-token' in (actions.get(actionOf(step) ?? '')?.inputs ?? {}) && !runsProject(job)
  })
  expect(asking.map(({ where, step }) => `${where} ${actionOf(step)}`)).toContain('build.yml resume resume')
  for (const { where, step } of asking) {
    const login = [step.with?.['dockerhub-username'], step.with?.['dockerhub-token']]
    const expected = ['inputs.dockerhub-username', 'secrets.DOCKERHUB_TOKEN'].map((each) => `\${{ ${each} }}`)
    expect([where, actionOf(step), ...login]).toEqual([where, actionOf(step), ...expected])
  }
})

test('the guide for prebuilt wheels passes on what its jobs upload, to a workflow that has the input', () => {
  const [whole = '', part = ''] = [
    ...readFileSync(join(root, 'docs/prebuilt-wheels.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
  ].map(([, text = '']) => text)
  const { jobs } = parse(whole) as Workflow
  const { inputs = {} } = workflows[calledBy(jobs.release ?? {}) ?? '']?.on.workflow_call ?? {}
  expect(Object.keys(jobs.release?.with ?? {}).filter((each) => !(each in inputs))).toEqual([])
  expect(jobs.release?.permissions).toEqual(GRANTED)
  const uploads = Object.values(jobs).flatMap(({ steps: all = [] }) => all.flatMap((each) => each.with?.name ?? []))
  const matches = globMatcher(String(jobs.release?.with?.['prebuilt-artifacts']))
  expect(uploads.map((each) => [each, matches(String(each))])).toEqual(uploads.map((each) => [each, true]))
  expect(needsOf(jobs.release ?? {})).toEqual(Object.keys(jobs).filter((each) => each !== 'release'))
  const { assemble } = parse(part) as Workflow['jobs']
  const step = assemble?.steps?.find((each) => actionOf(each) === 'assemble')
  expect(Object.keys(step?.with ?? {}).filter((each) => !(each in (actions.get('assemble')?.inputs ?? {})))).toEqual([])
})

test('release.yml has its documented inputs, secrets and outputs', () => {
  const { inputs = {}, secrets = {}, outputs = {} } = workflows['release.yml']?.on.workflow_call ?? {}
  const names =
    'path tag dry-run crates packages images targets prebuilt-artifacts environment test-pypi dockerhub-username'
  expect(Object.keys(inputs).sort()).toEqual(names.split(' ').sort())
  const tokens = ['CARGO_REGISTRY_TOKEN', 'PYPI_API_TOKEN', 'TEST_PYPI_API_TOKEN', 'DOCKERHUB_TOKEN']
  expect(Object.keys(secrets).sort()).toEqual(tokens.sort())
  expect(Object.keys(outputs).sort()).toEqual(['digest', 'receipts', 'release-url', 'tag', 'version'])
  for (const each of [...Object.values(inputs), ...Object.values(outputs)]) expect(each.description).toMatch(/\.$/)
})

test.each(own.filter(({ job }) => calledBy(job) !== null).map((each): [string, Placed] => [each.where, each]))(
  '%s passes only declared inputs to the workflow that it calls, and all required ones',
  (_, { job }) => {
    const { inputs = {} } = workflows[calledBy(job) ?? '']?.on.workflow_call ?? {}
    const given = Object.keys(job.with ?? {})
    expect(given.filter((each) => !(each in inputs))).toEqual([])
    expect(Object.keys(inputs).filter((each) => inputs[each]?.required && !given.includes(each))).toEqual([])
  },
)

test('the action or workflow declares every output that is read from it', () => {
  const unknown: string[] = []
  for (const { where, workflow, job } of everywhere) {
    const text = JSON.stringify(job)
    for (const [, id, output = ''] of text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      const step = job.steps?.find((each) => each.id === id)
      const action = step && actions.get(actionOf(step) ?? '')
      // The step is a command, or its action does not exist yet.
      if (step?.run !== undefined || (step && action === undefined)) continue
      if (!(output in (action?.outputs ?? {}))) unknown.push(`${where}: ${step ? actionOf(step) : id} ${output}`)
    }
    for (const [, name = '', output = ''] of text.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      const from = needsOf(job).includes(name) ? workflow.jobs[name] : undefined
      const declared = workflows[calledBy(from ?? {}) ?? '']?.on.workflow_call?.outputs ?? from?.outputs ?? {}
      if (!(output in declared)) unknown.push(`${where}: job ${name} ${output}`)
    }
  }
  expect(unknown).toEqual([])
})

test('every existing sibling action declares the inputs that it gets', () => {
  const unknown: string[] = []
  for (const { where, step } of steps(everywhere)) {
    const name = actionOf(step)
    const action = actions.get(name ?? '')
    if (name === null || action === undefined) continue
    const given = Object.keys(step.with ?? {})
    unknown.push(...given.filter((each) => !(each in (action.inputs ?? {}))).map((each) => `${where}: ${name} ${each}`))
    expect([name, existsSync(join(root, 'actions', name, 'action.yml'))]).toEqual([name, true])
  }
  expect(unknown).toEqual([])
})

test('the only other action is checkout, pinned by commit with its version', () => {
  for (const [file, text] of Object.entries(texts)) {
    for (const [line, uses = ''] of text.matchAll(/^.*\buses: *(\S+).*$/gm)) {
      if (/^\$\/actions\/|^\.\/\.github\//.test(uses)) continue
      expect([file, line]).toEqual([file, expect.stringMatching(/actions\/checkout@[0-9a-f]{40} # v\d+\.\d+\.\d+/)])
    }
  }
})

test('checkout keeps no credentials, except for the pushes of a Slipway release', () => {
  const keeps = steps(own).filter(
    ({ step }) => step.uses?.includes('checkout') && step.with?.['persist-credentials'] !== false,
  )
  expect(keeps.map(({ where }) => where)).toEqual(['release-slipway.yml publish'])
})

test('commands contain no expressions', () => {
  const found = steps(everywhere).filter(({ step }: { step: Step }) => step.run?.includes('${{'))
  expect(found.map(({ where, step }) => [where, step.name])).toEqual([])
})

test('what is installed on the machine is not in a rehearsal, where that is the user’s', () => {
  const installing = own.flatMap(({ job: { steps = [] } }) =>
    steps.flatMap(({ run = '' }) => (/\bsudo\b/.test(run) ? [run] : [])),
  )
  expect(installing.length).toBeGreaterThan(0)
  for (const each of installing) expect(each).toMatch(/^if \[ -n "\$SLIPWAY_SANDBOX" \].* exit 0; fi\n/)
})

test('nothing is cached', () => {
  const isCached = (text: string) => /\bcache\b/.test(text.replaceAll(/^ +cache: false$/gm, ''))
  for (const [file, text] of Object.entries(texts)) expect([file, isCached(text)]).toEqual([file, false])
  const setUp = steps(everywhere).filter(({ step }) => actionOf(step) === 'setup-toolchains')
  expect(setUp.map(({ where, step }) => [where, step.with?.cache])).toEqual([['build.yml wheels', false]])
})

test('each workflow has its own concurrency group and cancels nothing', () => {
  for (const [file, { concurrency }] of Object.entries(workflows)) {
    const name = file.replace('.yml', '')
    const prefix = OWN.includes(file) ? name : `slipway-${name}`
    expect([file, concurrency]).toEqual([
      file,
      { group: expect.stringMatching(new RegExp(`^${prefix}(?:-\\$|$)`)), queue: 'max', 'cancel-in-progress': false },
    ])
  }
  // These move `latest`, for any tag.
  expect(workflows['finish.yml']?.concurrency?.group).toBe('slipway-finish')
  expect(trusted.jobs.publish?.concurrency).toMatchObject({ group: 'slipway-finish', 'cancel-in-progress': false })
})

test('every runner is in the data file, with dates', () => {
  const labels = Object.keys(runners.labels)
  for (const each of Object.values(runners.labels)) {
    for (const date of [each.since, each.until]) expect(date ?? '2000-01').toMatch(/^\d{4}-\d\d$/)
  }
  expect(labels).toEqual(expect.arrayContaining([...Object.values(runners.targets), runners.any]))
  const allowed = labels.filter((each) => each !== 'ubuntu-slim')
  for (const { where, job } of everywhere.filter((each) => calledBy(each.job) === null)) {
    const label = job['runs-on'] ?? ''
    if (/^\S+ matrix\.runner \S+$/.test(label)) continue
    if (!label.includes('${{')) expect([where, labels.includes(label)]).toEqual([where, true])
    else expect(JSON.parse(/'(\[.*?\])'/.exec(label)?.[1] ?? '').sort()).toEqual([...allowed].sort())
  }
  const lists = [...(texts['check.yml'] ?? '').matchAll(/fromJSON\('(\[.*?\])'\)/g)].map(([, list]) => list)
  expect([lists.length, new Set(lists).size]).toEqual([2, 1])
  for (const label of (workflows['canary.yml']?.jobs.check?.strategy?.matrix?.runner ?? []) as string[]) {
    expect(allowed).toContain(label)
  }
})

/** Workflows whose jobs hand files to each other under fixed names. */
const RELEASING = ['release.yml', 'build.yml']

test('a run has one release, because its jobs share the artifacts of the run', () => {
  const all = { ...workflows, tokens, trusted }
  for (const [file, { jobs }] of Object.entries(all)) {
    const calls = Object.values(jobs).filter((each) => RELEASING.includes(calledBy(each) ?? ''))
    expect([file, calls.length <= 1, calls.map((each) => each.strategy)]).toEqual([
      file,
      true,
      calls.map(() => undefined),
    ])
  }
})

test('CI runs existing tests on runners in the data file, for macOS and Windows', () => {
  const { strategy, steps = [], if: condition } = workflows['ci.yml']?.jobs.portable ?? {}
  const include = strategy?.matrix?.include as { runner: string }[]
  expect(include.map(({ runner }) => runner)).toEqual(['macos-latest', 'windows-latest'])
  for (const { runner } of include) expect(Object.keys(runners.labels)).toContain(runner)
  // The workflow that releases Slipway calls this one, and is only dispatched.
  expect(condition).toBe(`\${{ github.event_name != 'workflow_dispatch' }}`)
  expect(Object.keys(workflows['release-slipway.yml']?.on ?? {})).toEqual(['workflow_dispatch'])
  const named = steps.flatMap(({ run = '' }) => run.match(/\btests\/\S+/g) ?? [])
  expect(named).toContain('tests/unit')
  expect(named.filter((each) => !existsSync(join(root, each)))).toEqual([])
})

test('every job has a time limit, and slim runners run only commands', () => {
  for (const { where, job } of own.filter((each) => calledBy(each.job) === null)) {
    expect([where, (job['timeout-minutes'] ?? 999) <= 120]).toEqual([where, true])
    if (job['runs-on'] !== 'ubuntu-slim') continue
    expect([where, (job.steps ?? []).every((step) => step.run !== undefined)]).toEqual([where, true])
  }
})

test('at most two jobs of a template wait for an approval', () => {
  expect(templates.filter(({ job }) => job.environment !== undefined).length).toBeLessThanOrEqual(2)
  expect(reusable.filter(({ job }) => job.environment !== undefined).map(({ where }) => where)).toEqual([
    'release.yml publish',
  ])
})

test('the variant for servers without `$/` names siblings by repository and commit, and changes nothing else', () => {
  const ref = '0123456789'.repeat(4)
  for (const [file, text] of Object.entries(texts)) {
    const made = localized(text, { owner: 'owner', ref })
    expect([file, /uses: *["']?\$\//.test(made)]).toEqual([file, false])
    expect(made.replaceAll(new RegExp(`owner/slipway/(actions/[\\w-]+)@${ref}`, 'g'), '$/$1')).toBe(text)
  }
  const odd = '- uses: "$/actions/plan" # why\n  run: echo uses: $/actions/plan\n  x: $/actions/plan\n'
  expect(localized(odd, { owner: 'o', name: 'n', ref: 'v1' })).toBe(
    odd.replace('$/actions/plan', 'o/n/actions/plan@v1'),
  )
})

test('removing `queue` changes nothing else', () => {
  for (const text of [...Object.values(texts), ...templateTexts]) {
    const without = (each: Workflow) =>
      JSON.parse(JSON.stringify(each, (key, value) => (key === 'queue' ? undefined : value)))
    expect(parse(unqueued(text))).toEqual(without(parse(text)))
  }
  expect(unqueued('concurrency: { queue: max, group: a }\n')).toBe('concurrency: { group: a }\n')
})
