import { expect, test } from '@jest/globals'
import { notReleased, overviewOf, shortOverviewOf } from '@slipway/core/overview'
import type { Destination, Plan, PlannedCrate } from '@slipway/core/plan'
import { error, warning } from '@slipway/core/problem'
import { headlineOf, verdictOf } from '@slipway/core/verdict'
import { planProject } from '@slipway/plan/plan'
import { plant, workspace } from '../trees.ts'

const names = ['a', 'b', 'c', 'd', 'e']

function destination(
  publisher: string,
  target: string,
  artifact: string,
  more: Partial<Destination> = {},
): Destination {
  return { publisher, target, artifact, state: 'absent', detail: 'nothing is there', login: null, ...more }
}

const crates = (detail: (name: string) => string, more: Partial<Destination> = {}) =>
  names.map((name) => destination('crates', 'crates.io', `crate ${name} 1.2.0`, { detail: detail(name), ...more }))

async function plan(more: Partial<Plan> = {}): Promise<Plan> {
  return { ...(await planProject(await plant(workspace()))), tag: 'v1.2.0', problems: [], ...more }
}

test('more than three parts with one registry and state share a row, with what is true of all', async () => {
  const images = names.map((name) => destination('oci', `ghcr.io/o/${name}`, `image 1.2.0 of ${name}/Dockerfile`))
  const there = destination('crates', 'crates.io', 'crate z 1.2.0', { state: 'present', detail: 'yanked' })
  const release = destination('github', 'GitHub', 'release v1.2.0')
  const found = await plan({
    destinations: [...images, release, ...crates((name) => `${name} is new`, { login: 'a token' }), there],
  })
  expect(shortOverviewOf(found)).toEqual([
    {
      what: '5 images',
      to: 'ghcr.io',
      state: 'absent',
      detail: '1.2.0 of a/Dockerfile, 1.2.0 of b/Dockerfile, 1.2.0 of c/Dockerfile and 2 more; nothing is there',
    },
    { what: 'release v1.2.0', to: 'GitHub', state: 'absent', detail: 'nothing is there' },
    { what: '5 crates', to: 'crates.io', state: 'absent', detail: 'a 1.2.0, b 1.2.0, c 1.2.0 and 2 more; a token' },
    { what: 'crate z 1.2.0', to: 'crates.io', state: 'present', detail: 'yanked' },
  ])
  expect(overviewOf(found).map((each) => each.what)).toHaveLength(12)
})

test('a missing login and what shows that a part is released are in its row', async () => {
  const missingLogin = 'no login in the job publish: CARGO_REGISTRY_TOKEN or trusted publishing'
  const [first] = crates(() => 'new', { missingLogin })
  const crate: PlannedCrate = {
    name: 'a',
    version: '1.2.0',
    path: 'a',
    publish: true,
    because: 'release.yml:9 publishes it',
  }
  const found = await plan({ crates: [crate], destinations: first ? [first] : [] })
  expect(overviewOf(found)[0]?.detail).toBe(`new; ${missingLogin}; release.yml:9 publishes it`)
  expect(overviewOf({ ...found, destinations: [], packages: [], images: [] }).at(-1)?.detail).toBe(
    'not checked; release.yml:9 publishes it',
  )
  expect(headlineOf({ ...found, because: 'release.yml:2 waits for it' })).toMatch(
    /; form of the tag: release\.yml:2 waits for it$/,
  )
})

test('the row of an image says when it is built, if that is after PyPI has the release', async () => {
  const image = { file: 'Dockerfile', context: '.', bases: [] }
  const images = [
    { ...image, name: 'ghcr.io/o/early' },
    { ...image, name: 'ghcr.io/o/late', after: 'pypi' as const },
  ]
  const late = 'built once PyPI has the release'
  const rows = async (more: Partial<Plan>) => {
    const found = overviewOf(await plan({ images, crates: [], packages: [], ...more }))
    return found.flatMap(({ what, detail }) => (what.startsWith('image') ? [detail] : []))
  }
  expect(await rows({})).toEqual(['not checked', `not checked; ${late}`])
  const destinations = images.map(({ name }) => destination('oci', name, 'image 1.2.0 of Dockerfile'))
  expect(await rows({ destinations })).toEqual(['nothing is there', `nothing is there; ${late}`])
})

test('what is not released is one line for each reason', async () => {
  const not = (name: string, reason: string): PlannedCrate => ({
    name,
    version: '1',
    path: name,
    publish: false,
    reason,
  })
  const found = await plan({
    crates: [...names.map((each) => not(each, 'It is private.')), not('f', 'It is a tool.')],
    packages: [],
    docs: [{ generator: 'Sphinx', file: 'docs/conf.py', path: 'docs' }],
  })
  expect(notReleased(found)).toEqual([
    '5 crates: a, b, c and 2 more. It is private.',
    'crate f. It is a tool.',
    'documentation docs/conf.py. Sphinx builds it; Slipway does not publish documentation.',
  ])
  expect(notReleased(found, true)[0]).toBe('5 crates: a, b, c, d, e. It is private.')
})

test('prebuilt wheels are in the verdict, and in the row of their package', async () => {
  const { packages, matrix } = await plan()
  const [demo, other] = packages.flatMap((each) => [each, { ...each, name: 'other' }])
  const prebuilt = { ...demo, prebuilt: ['w/*.whl', 'w/*.tar.gz'] } as typeof demo
  const all = [prebuilt, other].flatMap((each) => each ?? [])
  const destinations = all.map(({ name, version }) => destination('pypi', 'PyPI', `Python package ${name} ${version}`))
  const both = await plan({ packages: all, matrix: matrix.slice(0, 1), destinations })
  expect(verdictOf(both).text).toBe('v1.2.0 can be released: 1 crate, 2 packages (1 wheel and prebuilt wheels)')
  expect(overviewOf(both).map((each) => each.detail)).toEqual([
    'nothing is there; prebuilt, from w/*.whl, w/*.tar.gz',
    'nothing is there',
  ])
  const one = await plan({ packages: all.slice(0, 1), matrix: [] })
  expect(verdictOf(one).text).toMatch(/1 package \(prebuilt wheels\)$/)
  expect(overviewOf(one).map((each) => each.detail)).toContain('not checked; prebuilt, from w/*.whl, w/*.tar.gz')
})

test.each<[string, Partial<Plan>, string]>([
  ['nothing was asked', {}, 'v1.2.0 can be released as far as its files show: 1 crate, 1 package (4 wheels)'],
  ['nothing is there', { destinations: crates(() => '') }, 'v1.2.0 can be released: 1 crate, 1 package (4 wheels)'],
  [
    'there are warnings',
    { destinations: crates(() => ''), problems: [{ ...warning('w', 'W.', 'H.'), more: 2 }] },
    'v1.2.0 can be released: 1 crate, 1 package (4 wheels); 3 warnings',
  ],
  [
    'there are errors',
    { problems: [error('e', 'E.', 'H.'), warning('w', 'W.', 'H.'), error('e', 'F.', 'H.')] },
    'v1.2.0 cannot be released: 2 errors, 1 warning',
  ],
  [
    'no destination answered',
    { destinations: crates(() => '', { state: 'unknown' }) },
    'v1.2.0 can be released as far as its files show: 1 crate, 1 package (4 wheels)',
  ],
  [
    'only the trial index does not have it',
    { destinations: [...crates(() => '', { state: 'present' }), destination('pypi', 'Test PyPI', 'x')] },
    'v1.2.0 is published already: 1 crate, 1 package (4 wheels)',
  ],
  [
    'one of two does not have it',
    { destinations: [...crates(() => '', { state: 'present' }), destination('pypi', 'PyPI', 'x')] },
    'v1.2.0 can be released: 1 crate, 1 package (4 wheels)',
  ],
])('the verdict when %s', async (_, more, expected) => {
  const { isBlocked, text } = verdictOf(await plan(more))
  expect([text, isBlocked]).toEqual([expected, / cannot /.test(expected)])
})
