import { expect, test } from '@jest/globals'
import { workflowText } from '@slipway/release/init/workflow-text'
import { PIPELINE } from '@slipway/release/pipeline/pipeline'
import { parse } from 'yaml'
import { tokens, trusted, type Workflow, workflows } from './files.ts'
import { type Ended, type Ran, simulate, type World } from './simulation.ts'

/** The workflow step for each step of the pipeline: an action, and the inputs that distinguish its uses. */
const DOES: Record<string, [action: string, uses?: Record<string, string>]> = {
  plan: ['plan'],
  gate: ['gate'],
  build: ['build-wheels'],
  assemble: ['assemble'],
  preflight: ['preflight'],
  images: ['push-image', { push: 'digest' }],
  draft: ['create-release', { draft: 'true' }],
  testpypi: ['publish-pypi', { repository: 'testpypi' }],
  install: ['verify-install', { from: 'testpypi' }],
  crates: ['publish-crate'],
  pypi: ['publish-pypi', { repository: 'pypi' }],
  late: ['push-image', { push: 'false', 'manifest-sha256': 'abc' }],
  'late-images': ['push-image', { push: 'true', digest: 'sha256:1' }],
  tags: ['push-image', { push: 'true' }],
  public: ['create-release', { draft: 'false' }],
  verify: ['verify-install', { from: 'pypi' }],
  report: ['report'],
}

/** Steps of the pipeline that are part of another's action: build-wheels inspects and runs what it built. */
const WITHIN: Record<string, string> = { inspect: 'build', try: 'build' }

/** Default values of inputs. */
const DEFAULTS: Record<string, string> = { push: 'true', draft: 'false', repository: 'pypi' }

const OUTPUTS: Record<string, Record<string, string>> = {
  resume: { resumed: 'false', 'manifest-sha256': '', 'release-id': '' },
  plan: {
    version: '1.0.0',
    tag: 'v1.0.0',
    matrix: '{"include":[{"name":"a"}]}',
    packages: '["a"]',
    images: '["ghcr.io/a/a"]',
    'late-images': '["ghcr.io/a/late"]',
  },
  assemble: { 'manifest-sha256': 'abc' },
  preflight: { 'test-pypi': 'true' },
  'push-image': { digest: 'sha256:1' },
  'create-release': { 'release-id': '7', url: 'there', receipts: '[]' },
  report: { receipts: '[]' },
}

/** Returns whether a step is a command that stops a run. */
const isRefusal = (name = '') => /^Refuse an empty/.test(name)

/** Makes a run in which everything succeeds except for the given outputs and failures. */
function world(
  change: Record<string, Record<string, string>> = {},
  fails: (ran: string) => boolean = () => false,
): World {
  return ({ job, action, with: given, step }) => {
    const outputs = action ? { ...OUTPUTS[action], ...change[action] } : {}
    const isBad =
      isRefusal(step.name) || (action !== null && fails(`${job} ${action} ${nameOf({ action, with: given })}`))
    return isBad ? { outcome: 'failure' } : { outcome: 'success', outputs }
  }
}

function nameOf({ action, with: given }: Pick<Ran, 'action' | 'with'>): string | undefined {
  return Object.entries(DOES).find(([, [name, uses = {}]]) => {
    return (
      name === action && Object.entries(uses).every(([key, value]) => String(given[key] ?? DEFAULTS[key]) === value)
    )
  })?.[0]
}

const named = ({ ran }: Ended) => ran.map(nameOf).filter((each) => each !== undefined)
const release = workflows['release.yml'] as Workflow
const ALL = PIPELINE.map(({ name }) => name)
/** Steps that write to a destination. */
const WRITES = PIPELINE.filter((each) => each.sends !== undefined || each.moves !== undefined).map(({ name }) => name)

/** Returns every step of the pipeline that needs a step, directly or indirectly. */
function dependants(name: string): string[] {
  const direct = PIPELINE.filter((each) => each.needs.includes(name)).map((each) => each.name)
  return [...new Set(direct.flatMap((each) => [each, ...dependants(each)]))]
}

/** The template with trusted publishing for an image that installs the release. */
const late = parse(
  workflowText('identity', {
    ...{ crates: true, packages: true, image: true, late: true, dockerHub: true },
    ...{ tags: 'v*', path: '.', owner: 'OWNER' },
  }),
) as Workflow

const SHAPES: [string, Workflow][] = [
  ['release.yml', release],
  ['the template with tokens', tokens],
  ['the template with trusted publishing', trusted],
  ['the template with trusted publishing and an image that installs the release', late],
]

/** Steps that a template leaves to `release.yml`, or to a project with another image. */
const OMITTED = new Map([
  [trusted, ['late', 'late-images', 'verify']],
  [late, ['images']],
])

/** Returns the steps that a step needs, with their own in place of those that a workflow omits or has in another. */
function neededBy(name: string, workflow: Workflow): string[] {
  const { needs = [] } = PIPELINE.find((each) => each.name === name) ?? {}
  const isOmitted = (each: string) => OMITTED.get(workflow)?.includes(each)
  return needs
    .map((each) => WITHIN[each] ?? each)
    .flatMap((each) => (isOmitted(each) ? neededBy(each, workflow) : [each]))
}

test('every step of the pipeline has an action', () => {
  expect(Object.keys(DOES)).toEqual(ALL.filter((each) => !(each in WITHIN)))
})

test.each(SHAPES)('%s runs every step of the pipeline in order', (_, workflow) => {
  const ended = simulate(workflow, world())
  expect(ended.result).toBe('success')
  const omitted = OMITTED.get(workflow) ?? []
  const order = [...new Set(named(ended))]
  expect(order).toEqual(ALL.filter((each) => !(each in WITHIN) && !omitted.includes(each)))
})

test.each(SHAPES)('%s runs each step after the steps that it needs', (_, workflow) => {
  const { ran } = simulate(workflow, world())
  for (const { name } of PIPELINE.filter((each) => !(each.name in WITHIN))) {
    for (const need of neededBy(name, workflow)) {
      for (const own of ran.filter((each) => nameOf(each) === name)) {
        const earlier = ran.filter((each) => nameOf(each) === need)
        const isBefore = earlier.some((each) => own.after.has(each.job) || (each.job === own.job && each.at < own.at))
        expect([name, need, isBefore]).toEqual([name, need, true])
      }
    }
  }
})

test('the image is built from the wheels, and before the release is assembled', () => {
  const { ran } = simulate(release, world())
  const image = ran.find((each) => each.action === 'push-image' && each.with.push === false)
  expect([...(image?.after ?? [])]).toContain('build/wheels')
  expect([...(ran.find((each) => each.action === 'assemble')?.after ?? [])]).toContain(image?.job)
})

/** The lists of a plan without any image. */
const NO_IMAGE = { images: '[]', 'late-images': '[]' }

/** The matrix of a plan without wheel jobs, which GitHub refuses to start. */
const NO_JOBS = '{"include":[]}'

test('without a wheel job, no job has an empty matrix, and the release is complete', () => {
  const plans: Record<string, string>[] = [{ matrix: NO_JOBS }, { matrix: NO_JOBS, packages: '[]' }]
  for (const plan of plans) {
    const { ran, result } = simulate(release, world({ plan }))
    const actions = ran.map((each) => each.action)
    expect([result, actions.includes('build-wheels'), actions.includes('assemble')]).toEqual(['success', false, true])
  }
})

/** Plans of projects without an image or a Python package. Skipped jobs must not hide a failure. */
const PLANS: [string, Record<string, string>][] = [
  ['everything', {}],
  ['no image', NO_IMAGE],
  ['an image that installs it', { images: '[]' }],
  ['an image that does not', { 'late-images': '[]' }],
  ['no Python package', { packages: '[]', matrix: NO_JOBS }],
  ['prebuilt packages only', { matrix: NO_JOBS }],
]

test.each(SHAPES.flatMap(([shape, workflow]) => PLANS.map(([what, plan]) => [shape, what, workflow, plan] as const)))(
  'in %s, with %s, no step runs after a step that it needs has failed',
  (_, __, workflow, plan) => {
    const which = (each: Ran) => `${each.job} ${each.action} ${nameOf(each)}`
    for (const failing of simulate(workflow, world({ plan })).ran.filter(({ action }) => action !== null)) {
      const own = which(failing)
      const { ran, result } = simulate(
        workflow,
        world({ plan }, (each) => each === own),
      )
      expect([own, result]).toEqual([own, 'failure'])
      const later = ran.slice(ran.findIndex((each) => which(each) === own) + 1).map((each) => nameOf(each) ?? '')
      const name = nameOf(failing)
      // Building the image is part of the pipeline's build, which assemble needs.
      const barred = name === undefined ? ['assemble', ...dependants('assemble')] : dependants(name)
      expect([own, later.filter((each) => barred.includes(each))]).toEqual([own, []])
      // No step writes after a failure.
      if (name !== 'report' && name !== 'verify') expect(later.filter((each) => WRITES.includes(each))).toEqual([])
    }
  },
)

/** Outputs that may be empty or that no job reads. */
const OPTIONAL = ['resume manifest-sha256', 'resume release-id', 'create-release receipts', 'report receipts']

test.each(
  Object.entries(OUTPUTS)
    .flatMap(([action, outputs]) => Object.keys(outputs).map((output) => `${action} ${output}`))
    .filter((each) => !OPTIONAL.includes(each)),
)('release.yml fails before its irreversible steps if the output %s is lost', (which) => {
  const [action = '', output = ''] = which.split(' ')
  const ended = simulate(release, world({ [action]: { [output]: '' } }))
  expect(ended.result).toBe('failure')
  const isLate = which === 'create-release url' || which === 'report receipts'
  if (!isLate) expect(named(ended).filter((each) => ['crates', 'pypi', 'tags', 'public'].includes(each))).toEqual([])
})

/** Returns the attesting steps that ran. */
const attested = ({ ran }: Ended) => ran.filter(({ action }) => action === 'attest')

test.each(SHAPES)('%s attests the assembled release before it writes anything', (_, workflow) => {
  const ended = simulate(workflow, world())
  const [own, ...more] = attested(ended)
  expect([own?.with['manifest-sha256'], own?.with.tag, more]).toEqual(['abc', 'v1.0.0', []])
  const isOf = (names: string[]) => (each: Ran) => names.includes(nameOf(each) ?? '')
  expect(ended.ran.findIndex(isOf(['assemble']))).toBeLessThan(ended.ran.indexOf(own as Ran))
  expect(ended.ran.findIndex(isOf(WRITES))).toBeGreaterThan(ended.ran.indexOf(own as Ran))
  const failed = simulate(
    workflow,
    world({}, (each) => / attest /.test(each)),
  )
  expect([failed.result, named(failed).filter((each) => WRITES.includes(each))]).toEqual(['failure', []])
})

test('an unfinished release is not rebuilt', () => {
  const resume = { resumed: 'true', 'manifest-sha256': 'abc', 'release-id': '7' }
  const ended = simulate(release, world({ resume }))
  expect(ended.result).toBe('success')
  expect(named(ended).filter((each) => ['gate', 'build', 'try', 'assemble'].includes(each))).toEqual([])
  expect(named(ended)).toEqual(expect.arrayContaining(WRITES))
  for (const { action, with: given } of ended.ran.filter(({ action }) => action === 'create-release')) {
    expect([action, given['release-id'], given['manifest-sha256']]).toEqual([action, '7', 'abc'])
  }
  expect(ended.ran.find(({ action }) => action === 'plan')?.with['fail-on']).toBe('never')
  // Attests files that an earlier run could not attest.
  expect(attested(ended).map((each) => each.with['manifest-sha256'])).toEqual(['abc'])
})

test('a lost output of the plan stops an unfinished release', () => {
  const resume = { resumed: 'true', 'manifest-sha256': 'abc', 'release-id': '7' }
  for (const lost of ['tag', 'images', 'late-images']) {
    const ended = simulate(release, world({ resume, plan: { [lost]: '' } }))
    expect([lost, ended.result, named(ended).filter((each) => WRITES.includes(each))]).toEqual([lost, 'failure', []])
  }
})

test('a dry run builds, tests and checks, and writes nothing', () => {
  const ended = simulate(release, world(), { 'dry-run': true })
  expect(ended.result).toBe('success')
  expect([...new Set(named(ended))]).toEqual(['plan', 'gate', 'build', 'assemble', 'preflight'])
  expect(attested(ended)).toEqual([])
})

test('parts that a project does not have are skipped, and the rest is released', () => {
  const bare = simulate(
    release,
    world({ plan: { packages: '[]', ...NO_IMAGE, matrix: NO_JOBS }, preflight: { 'test-pypi': 'false' } }),
  )
  expect(bare.result).toBe('success')
  const without = ['build', 'try', 'images', 'testpypi', 'install', 'late', 'late-images', 'tags', 'inspect']
  expect([...new Set(named(bare))]).toEqual(ALL.filter((each) => !without.includes(each)))
  const off = simulate(release, world({ plan: NO_IMAGE }), { images: 'off' })
  expect(off.result).toBe('success')
  expect(off.ran.filter(({ action }) => action === 'push-image')).toEqual([])
})

test('an image that installs the release is built in a job of its own, and only that one is pushed', () => {
  const { ran } = simulate(release, world({ plan: { images: '[]' } }))
  const [build, push, ...others] = ran.filter(({ action }) => action === 'push-image')
  expect([build?.job, push?.job, others]).toEqual(['finish/late', 'finish/finish', []])
  expect(build?.with).toMatchObject({ push: false, upload: true, 'manifest-sha256': 'abc' })
  expect(push?.with).toMatchObject({ push: true, digest: 'sha256:1', 'manifest-sha256': 'abc' })
  const lost = simulate(release, world({ plan: { images: '[]' }, 'push-image': { digest: '' } }))
  expect([lost.result, named(lost).filter((each) => /late-images|tags|public/.test(each))]).toEqual(['failure', []])
})

test('a failure at Test PyPI stops the release unless it is advisory', () => {
  const fails = (which: string) => /testpypi$|install$/.test(which)
  expect(named(simulate(release, world({}, fails)))).not.toContain('crates')
  const advisory = simulate(release, world({}, fails), { 'test-pypi': 'advisory' })
  expect([advisory.result, named(advisory).includes('public')]).toEqual(['success', true])
})
