import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { covering } from '@slipway/project/settings/folders'
import { CHANGELOG, crate, members, pure } from '../../../corpus/pieces.ts'
import { plant, type Tree } from '../../trees.ts'

test.each<[string[], string[]]>([
  [[], []],
  [['external/**'], ['external', 'external/a', 'external/a/b']],
  [['external'], ['external', 'external/a', 'external/a/b']],
  [['external/'], ['external', 'external/a', 'external/a/b']],
  [['*/a'], ['external/a', 'external/a/b']],
  [
    ['**/b', 'src'],
    ['external/a/b', 'src'],
  ],
  [['.'], ['.', 'external', 'external/a', 'external/a/b', 'src']],
])('%j covers %j', (globs, expected) => {
  const all = ['.', 'external', 'external/a', 'external/a/b', 'src']
  expect(all.filter(covering(globs))).toEqual(expected)
})

/** Returns the names that a project releases, and those it does not, with the reason. */
async function planned(settings: string, tree: Tree) {
  const files = { 'CHANGELOG.md': CHANGELOG, ...crate('heron', 'heron'), 'slipway.toml': settings, ...tree }
  const { crates, packages, images, problems } = await planProject(await plant(files))
  const all = [...crates, ...packages].map(({ name, reason }) => [name, reason ?? null])
  return { all: Object.fromEntries(all), images: images.map((each) => each.name), problems }
}

const COMPOSE =
  'services:\n  web:\n    image: ghcr.io/o/web\n    build: { context: ., dockerfile: examples/web/Dockerfile }\n'

test.each([
  ['a workspace', members(['heron', 'external/*'])],
  ['a workspace that names them', members(['heron', 'external/wader', 'external/kite'])],
  ['no workspace', null],
])('nothing is looked for in an excluded folder of %s', async (_, root) => {
  const tree = {
    'Cargo.toml': root,
    ...crate('external/wader', 'wader'),
    ...crate('external/kite', 'kite', '[dependencies]\nwader = { path = "../wader" }\n', '0.3.0'),
    ...pure('external/py', 'swift', 'hatchling.build', '7.0'),
    'external/py/src/swift/extra.py': '__version__ = "1.1.0"\n',
  }
  const everything = await planned('', tree)
  expect(Object.keys(everything.all).sort()).toEqual(['heron', 'kite', 'swift', 'wader'])
  expect(everything.problems).not.toEqual([])
  expect(await planned('exclude = ["external/**"]\n', tree)).toEqual({ all: { heron: null }, images: [], problems: [] })
})

test('what an included folder has is released, though its name makes it internal', async () => {
  const tree = {
    'Cargo.toml': members(['heron', 'examples/*']),
    ...crate('examples/wader', 'wader'),
    ...crate('examples/kite', 'kite'),
    ...pure('tests/swift', 'swift', 'hatchling.build'),
    ...pure('tests/robin', 'robin', 'hatchling.build'),
    'compose.yaml': COMPOSE,
    'examples/web/Dockerfile': 'FROM python:3.13\n',
  }
  const internal = 'It is in the folder examples.'
  expect(await planned('', tree)).toMatchObject({ all: { heron: null, wader: internal, kite: internal }, images: [] })
  const included = await planned('include = ["examples/w*", "tests/swift"]\n', tree)
  expect(included.all).toEqual({ heron: null, wader: null, kite: internal, swift: null })
  expect(included.images).toEqual(['ghcr.io/o/web'])
})

test('a pattern is checked against all files, also when a tag makes Slipway plan twice', async () => {
  const settings = 'tag = "{name}-v{version}"\nexclude = ["external"]\n'
  expect((await planned(settings, crate('external', 'wader'))).problems).toEqual([])
})
