import { expect, test } from '@jest/globals'
import type { Destination } from '@slipway/core/plan'
import type { ProblemError } from '@slipway/core/problem'
import { planProject } from '@slipway/plan/plan'
import { EVERYTHING, namedCrates, type Selection, selected } from '@slipway/release/plan/select'
import { plant, workspace } from '../../trees.ts'

const PURE = 'build-system.requires = ["setuptools"]\n[project]\nname = "pure-part"\nversion = "1.2.0rc1"\n'
const plan = await planProject(await plant(workspace({ 'pure/pyproject.toml': PURE })))

function part(change: Partial<Selection>) {
  const { crates, packages, matrix, images } = selected(plan, { ...EVERYTHING, ...change })
  return {
    crates: crates.filter((each) => each.publish).map((each) => each.name),
    packages: packages.filter((each) => each.reason === undefined).map((each) => each.name),
    jobs: matrix.map((each) => `${each.name}${each.sdist ? ' +sdist' : ''}`),
    images: images.map((each) => each.name),
  }
}

test('auto and an empty selection select everything', () => {
  const all = part({})
  expect(part({ crates: ['auto'], packages: ['auto'], targets: ['auto'], images: ['auto'] })).toEqual(all)
  expect(all.packages).toEqual(['pure-part', 'demo'])
  expect(all.crates.length).toBeGreaterThan(0)
})

test('a part that is not named is skipped, with the reason', () => {
  const one = selected(plan, { ...EVERYTHING, packages: ['Pure_Part'], crates: ['off'] })
  expect(part({ packages: ['Pure_Part'], crates: ['off'] })).toEqual({
    crates: [],
    packages: ['pure-part'],
    jobs: ['pure-part +sdist'],
    images: part({}).images,
  })
  expect(one.packages.find((each) => each.name === 'demo')?.reason).toMatch(/`packages`/)
})

test('only what is selected has a destination', () => {
  const to = (publisher: string, target: string, artifact: string): Destination => {
    return { publisher, target, artifact, state: 'absent', detail: '', login: null }
  }
  const destinations = [
    to('oci', 'ghcr.io/own/demo', 'image 1.2.0-rc.1 of Dockerfile'),
    to('github', 'GitHub', 'release v1.2.0-rc.1'),
    ...plan.packages.map((each) => to('pypi', 'PyPI', `Python package ${each.name} ${each.version}`)),
    ...plan.crates.map((each) => to('crates', 'crates.io', `crate ${each.name} ${each.version}`)),
  ]
  const only = (change: Partial<Selection>) =>
    selected({ ...plan, destinations }, { ...EVERYTHING, ...change }).destinations.map((each) => each.artifact)
  expect(only({ packages: ['Pure_Part'], crates: ['off'], images: ['off'] })).toEqual([
    'release v1.2.0-rc.1',
    'Python package pure-part 1.2.0rc1',
  ])
  expect(only({ images: ['ghcr.io/own/demo'] })).toHaveLength(destinations.length)
})

test('one job of the selected targets builds the sdist; pure Python packages stay', () => {
  expect(part({ targets: ['aarch64-apple-darwin', 'x86_64-pc-windows-msvc'] }).jobs).toEqual([
    'pure-part +sdist',
    'demo-aarch64-apple-darwin +sdist',
    'demo-x86_64-pc-windows-msvc',
  ])
})

test('images are replaced by the given names, or by none', () => {
  expect(part({ images: ['off'] }).images).toEqual([])
  expect(part({ images: ['ghcr.io/own/other'] }).images).toEqual(['ghcr.io/own/other'])
})

test('a name that is not in the plan is an error', () => {
  const refused = (): ProblemError => {
    try {
      throw selected(plan, { ...EVERYTHING, crates: ['nowhere'], targets: ['pdp11'] })
    } catch (cause) {
      return cause as ProblemError
    }
  }
  const { problems } = refused()
  expect(problems.map((each) => each.code)).toEqual(['selection-unknown', 'selection-unknown'])
  expect(problems.map((each) => each.message).join()).toMatch(/nowhere.*pdp11/)
})

test('named crates are published even if they are extensions', () => {
  expect(namedCrates({ crates: ['auto'] })).toEqual([])
  expect(namedCrates({ crates: ['off'] })).toEqual([])
  expect(namedCrates({ crates: ['demo-ext'] })).toEqual(['demo-ext'])
})
