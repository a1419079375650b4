import { describe, expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import { DEFAULT_TAGS } from '@slipway/registries/oci/default-tags'
import { imageTags, versionTag } from '@slipway/registries/oci/tags'

const OTHER = `sha256:${'a'.repeat(64)}`

const NAMES: [version: string, templates: readonly string[], names: string[]][] = [
  ['1.2.3', DEFAULT_TAGS, ['1.2.3', '1.2', 'latest']],
  ['1.2.3-rc.1', DEFAULT_TAGS, ['1.2.3-rc.1']],
  ['1.2.3+build.5', DEFAULT_TAGS, ['1.2.3-build.5', '1.2', 'latest']],
  ['1.2.3', [], ['1.2.3']],
  [
    '1.2.3',
    ['v{version}', 'v{major}', '{major}.{minor}.{patch}-slim', 'edge'],
    ['1.2.3', 'v1.2.3', 'v1', '1.2.3-slim', 'edge'],
  ],
  ['1.2.3-a+b', ['v{version}', 'v{major}'], ['1.2.3-a-b', 'v1.2.3-a-b']],
  ['1.2.3', ['latest', 'latest', '{version}'], ['1.2.3', 'latest']],
]

test.each(NAMES)('%s with %j gets these tags', (version, templates, names) => {
  expect(imageTags(version, templates).map((each) => each.name)).toEqual(names)
})

test.each([
  '',
  'a b',
  'a\n',
  'a/b',
  'a:b',
  '-a',
  '.a',
  '{name}',
  '{version',
  '{}',
  'ä',
  `${'x'.repeat(129)}`,
  '{__proto__}',
  '{constructor}',
  '$(id)',
])('%j is not a valid tag, not even for a prerelease', (template) => {
  for (const version of ['1.2.3', '1.2.3-rc.1']) {
    const failure = (() => {
      try {
        return imageTags(version, ['latest', template])
      } catch (cause) {
        return cause as ProblemError
      }
    })()
    expect(failure).toBeInstanceOf(ProblemError)
    expect(failure).toMatchObject({
      problems: [{ code: 'image-tag-invalid', message: expect.stringContaining(JSON.stringify(template)) }],
    })
  }
})

test('a tag may have 128 characters', () => {
  const longest = 'x'.repeat(128)
  expect(imageTags('1.0.0', [longest])[1]?.name).toBe(longest)
  expect(versionTag('1.0.0+a+b')).toBe('1.0.0-a-b')
})

/** Returns the answer of `mayMove` for a tag that names another image, in a repository with these tags. */
async function moved(template: string, tags: string[], version = '1.2.3', label: string | null = null) {
  const tag = imageTags(version, [template]).at(-1)
  return tag?.mayMove(OTHER, { tags: async () => tags, versionOf: async () => label })
}

describe('a tag that names another image', () => {
  test.each([
    ['{version}', []],
    ['v{version}', []],
    // The same name, spelled differently.
    ['{major}.{minor}.{patch}', []],
    ['1.2.3', []],
  ])('%s never moves', async (template, tags) => {
    expect(await moved(template, tags)).toMatchObject({ severity: 'error', code: 'image-tag-taken' })
  })

  test.each([
    ['latest', ['1.2.2', '1.2.3', 'latest', 'newest', 'v2', '9', '9.9']],
    ['latest', ['2.0.0-rc.1', '1.2.4-build.5']],
    ['{major}.{minor}', ['1.3.0', '2.2.9', '1.2.3']],
    ['v{major}', ['2.0.0', '0.9.9', 'nightly-9.9.9']],
    ['latest', []],
  ])('%s moves if the tags are %j', async (template, tags) => {
    expect(await moved(template, tags)).toBeNull()
  })

  test.each([
    ['latest', ['1.2.10', '1.2.3'], '1.2.10'],
    ['latest', ['v2.0.0'], '2.0.0'],
    ['{major}.{minor}', ['1.2.4', '1.3.0'], '1.2.4'],
    ['v{major}', ['1.10.0'], '1.10.0'],
  ])('%s stays if the tags are %j', async (template, tags, newer) => {
    const problem = await moved(template, tags)
    expect(problem).toMatchObject({ severity: 'notice', code: 'image-tag-stays' })
    expect(problem?.message).toContain(`${newer} is newer than 1.2.3`)
  })
})

/** A tag has no `+`, so `1.2.4+fork.3` looks like a prerelease. */
describe('a tag that names an image with a version label', () => {
  test.each([
    ['latest', '1.2.4+fork.3', ['1.2.4-fork.3']],
    ['{major}.{minor}', '1.2.4+fork.3', ['1.2.4-fork.3', '1.2']],
    ['{major}', '1.3.0+1', ['1.3.0-1', '1']],
  ])('%s stays on %s', async (template, label, tags) => {
    const problem = await moved(template, tags, '1.2.3', label)
    expect(problem).toMatchObject({ code: 'image-tag-stays', message: expect.stringContaining(`${label} is newer`) })
  })

  test.each([
    ['latest', '1.2.2+fork.3', ['1.2.2-fork.3']],
    ['latest', '1.2.4-rc.1', ['1.2.4-rc.1']],
    ['{major}.{minor}', '1.3.0+fork.3', ['1.3.0-fork.3']],
    // The base image's version.
    ['latest', '24.4.1', ['1.2.2']],
    ['latest', 'noble', ['1.2.2']],
  ])('%s moves from %s', async (template, label, tags) => {
    expect(await moved(template, tags, '1.2.3', label)).toBeNull()
  })
})

test('a missing tag is created; a fixed one does not query the other versions', async () => {
  const [own, latest] = imageTags('1.2.3', ['latest'])
  const ask = async () => {
    throw new Error('asked')
  }
  const repository = (tags: string[]) => ({ tags: async () => tags, versionOf: ask })
  expect(await own?.mayMove(null, { tags: ask, versionOf: ask })).toBeNull()
  expect(await latest?.mayMove(null, repository([]))).toBeNull()
  // In a repository with newer versions and no `latest`, an older version does not create it.
  expect(await latest?.mayMove(null, repository(['2.0.0']))).toMatchObject({ code: 'image-tag-stays' })
})
