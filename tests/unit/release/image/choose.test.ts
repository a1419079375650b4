import { expect, test } from '@jest/globals'
import { imageName } from '@slipway/core/image'
import { earlyImages, lateImages } from '@slipway/core/image-build'
import type { PlannedImage } from '@slipway/core/plan'
import { ProblemError } from '@slipway/core/problem'
import { chooseImage, type ImageChoice } from '@slipway/release/image/choose'

const planned = (name: string, more: Partial<PlannedImage> = {}): PlannedImage => ({
  name,
  file: 'Dockerfile',
  context: '.',
  bases: ['python:3.11'],
  ...more,
})

const ONE = [planned('ghcr.io/own/app'), planned('docker.io/own/app')]
const TWO = [...ONE, planned('ghcr.io/own/docs', { file: 'docs/Dockerfile', context: 'docs', target: 'site' })]

/** Returns the chosen image with its full names, or the codes of the problems. */
function chosen(images: PlannedImage[], choice: Partial<ImageChoice>) {
  try {
    const chosen = chooseImage({ images }, { images: [], ...choice })
    if (chosen === null) return null
    const { names, ...build } = chosen
    return { ...build, names: names.map(imageName) }
  } catch (cause) {
    if (cause instanceof ProblemError) return cause.problems.map((each) => each.code)
    throw cause
  }
}

test.each<[what: string, PlannedImage[], Partial<ImageChoice>, object]>([
  [
    "the plan's",
    ONE,
    {},
    { file: 'Dockerfile', context: '.', bases: ['python:3.11'], names: ONE.map((each) => each.name), project: 'app' },
  ],
  [
    "the plan's by its file",
    TWO,
    { file: 'docs/Dockerfile' },
    { context: 'docs', target: 'site', names: ['ghcr.io/own/docs'], project: 'docs' },
  ],
  [
    "the plan's, changed",
    TWO,
    { file: 'docs/Dockerfile', context: '.', target: 'other', images: ['x.example.invalid:5/a/b/c', 'own/c'] },
    { context: '.', target: 'other', names: ['x.example.invalid:5/a/b/c', 'docker.io/own/c'], project: 'c' },
  ],
  [
    'one that is not in the plan',
    [],
    { images: ['own/app'] },
    { file: 'Dockerfile', context: '.', bases: [], project: 'app' },
  ],
  [
    'another Dockerfile',
    ONE,
    { images: ['own/x'], file: 'Other' },
    { file: 'Other', context: '.', bases: [], project: 'x' },
  ],
])('the chosen image is %s', (_, images, choice, build) => {
  expect(chosen(images, choice)).toMatchObject(build)
})

test('without a target in the options or the plan there is none', () => {
  expect(chosen(ONE, {})).not.toHaveProperty('target')
})

test.each<[what: string, PlannedImage[], Partial<ImageChoice>, string[]]>([
  ['a Dockerfile whose image has no name', [], { file: 'Dockerfile' }, ['no-image']],
  ['another Dockerfile whose image has no name', ONE, { file: 'Other' }, ['no-image']],
  ['several images', TWO, {}, ['several-images']],
  ['several images and an unknown name', TWO, { images: ['own/third'] }, ['several-images']],
  [
    'invalid names, all of them reported',
    ONE,
    { images: ['own/app', 'Own/app', 'own/app:1'] },
    ['image-name-invalid', 'image-name-invalid'],
  ],
])('%s are a problem', (_, images, choice, codes) => {
  expect(chosen(images, choice)).toEqual(codes)
})

test('a name selects one of several images', () => {
  expect(chosen(TWO, { images: ['ghcr.io/own/docs'] })).toMatchObject({
    file: 'docs/Dockerfile',
    target: 'site',
    names: ['ghcr.io/own/docs'],
  })
})

test('an image keeps the arguments and the time of its build, and two with other arguments are two', () => {
  const own = { buildArgs: { PY: '3.12' }, after: 'pypi' as const }
  expect(chosen([planned('ghcr.io/own/app', own)], {})).toMatchObject(own)
  const other = planned('ghcr.io/own/slim', { buildArgs: { PY: '3.12-slim' } })
  expect(chosen([planned('ghcr.io/own/app', own), other], {})).toEqual(['several-images'])
  expect(chosen([planned('ghcr.io/own/app', own), other], { images: ['ghcr.io/own/slim'] })).toMatchObject({
    buildArgs: { PY: '3.12-slim' },
  })
})

test('two images that differ only in the time of their build are two', () => {
  const [early, late] = [planned('ghcr.io/own/app'), planned('docker.io/own/app', { after: 'pypi' as const })]
  expect(chosen([early, late], {})).toEqual(['several-images'])
  expect(earlyImages({ images: [early, late] })).toMatchObject([{ names: [{ registry: 'ghcr.io' }] }])
  expect(lateImages({ images: [early, late] })).toMatchObject([{ names: [{ registry: 'docker.io' }], after: 'pypi' }])
})

test('a project without an image is not a problem', () => {
  expect(chosen([], {})).toBeNull()
})
