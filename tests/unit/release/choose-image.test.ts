import { expect, test } from '@jest/globals'
import { imageName } from '@slipway/core/image'
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

/** The image that is chosen, its names in full; or the codes of the problems. */
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
    'one that the plan does not know',
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
])('it is %s', (_, images, choice, build) => {
  expect(chosen(images, choice)).toMatchObject(build)
})

test('there is no target where none is named', () => {
  expect(chosen(ONE, {})).not.toHaveProperty('target')
})

test.each<[what: string, PlannedImage[], Partial<ImageChoice>, string[]]>([
  ['a Dockerfile that nothing names', [], { file: 'Dockerfile' }, ['no-image']],
  ['a Dockerfile without a name', ONE, { file: 'Other' }, ['no-image']],
  ['several', TWO, {}, ['several-images']],
  ['several, and a name of none of them', TWO, { images: ['own/third'] }, ['several-images']],
  [
    'names that are none, all told',
    ONE,
    { images: ['own/app', 'Own/app', 'own/app:1'] },
    ['image-name-invalid', 'image-name-invalid'],
  ],
])('it is a problem of %s', (_, images, choice, codes) => {
  expect(chosen(images, choice)).toEqual(codes)
})

test('of several, a name chooses', () => {
  expect(chosen(TWO, { images: ['ghcr.io/own/docs'] })).toMatchObject({
    file: 'docs/Dockerfile',
    target: 'site',
    names: ['ghcr.io/own/docs'],
  })
})

test('a project without an image has none to push, which is no problem', () => {
  expect(chosen([], {})).toBeNull()
})
