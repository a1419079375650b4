import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { crate, members } from '../../../project/planned.ts'
import { plant, type Tree } from '../../../trees.ts'

/** Returns a Cargo.lock with crates of the project, as `name version`. */
function lock(...crates: readonly string[]): string {
  const entries = crates.map((each) => each.split(' '))
  return `version = 4\n${entries.map(([name, version]) => `\n[[package]]\nname = "${name}"\nversion = "${version}"\n`).join('')}`
}

/** Returns the outdated locks that a plan reports, with their messages. */
async function stale(tree: Tree, tag?: string): Promise<string[]> {
  const { problems } = await planProject(await plant(tree), { tag })
  return problems.flatMap(({ code, message, where }) =>
    code === 'lock-stale' ? `${where?.file}:${where?.line}: ${message}` : [],
  )
}

const TWO = members('"more"', { 'more/Cargo.toml': crate('more') })

test.each([
  [
    'all versions',
    lock('demo 1.1.0', 'more 1.1.0'),
    'Cargo.lock:5: Cargo.lock is outdated: demo is 1.1.0, but 1.2.0 in its Cargo.toml (and 1 more). Builds with `--locked` fail.',
  ],
  [
    'one version',
    lock('demo 1.2.0', 'more 1.1.0'),
    'Cargo.lock:9: Cargo.lock is outdated: more is 1.1.0, but 1.2.0 in its Cargo.toml. Builds with `--locked` fail.',
  ],
  [
    'both crates',
    lock(),
    'Cargo.lock:1: Cargo.lock is outdated: the crate demo is missing (and 1 more). Builds with `--locked` fail.',
  ],
])('a lock that is outdated in %s is one problem', async (_, text, expected) => {
  expect(await stale({ ...TWO, 'Cargo.lock': text })).toEqual([expected])
})

/** A workspace below the top, with an outdated lock. */
function aside(folder: string, more = ''): Tree {
  return {
    [`${folder}/Cargo.toml`]: `[workspace]\n${crate('aside', more)}`,
    [`${folder}/Cargo.lock`]: lock('aside 1.1.0'),
  }
}
const REPORTED = expect.stringContaining('aside is 1.1.0')
const IMAGE = {
  'compose.yaml': 'services:\n  x:\n    image: example.invalid/x:1.2.0\n    build: .\n',
  Dockerfile: 'FROM x\n',
}

test.each<[string, Tree, string | undefined, unknown[]]>([
  ['is released', aside('sub'), undefined, [REPORTED]],
  ['is private', aside('sub', 'publish = false\n'), undefined, []],
  ['is for fuzzing', aside('fuzz'), undefined, []],
  [
    'is private, but in the context of an image',
    { ...aside('sub', 'publish = false\n'), ...IMAGE },
    undefined,
    [REPORTED],
  ],
  ['has another tag', aside('sub'), 'demo-v1.2.0', []],
  ['has the tag', aside('sub'), 'aside-v1.2.0', [REPORTED]],
])('the outdated lock of a workspace beside the others, which %s', async (_, tree, tag, expected) => {
  expect(await stale({ ...members('', tree), 'Cargo.lock': lock('demo 1.2.0') }, tag)).toEqual(expected)
})
