import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { parseYaml } from '@slipway/documents/yaml'
import { localRepositories } from '../../../packages/cli/src/rehearse/workflow/act-repositories.ts'
import { gather } from '../../../packages/stand-ins/src/files.ts'

const SLIPWAY = resolve(import.meta.dirname, '../../..')
const folders: string[] = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'slipway-test-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

test('act gets this Slipway under each name that a workflow uses, and the stand-ins', async () => {
  const uses = ['a/slipway/.github/workflows/release.yml@v1', 'b/slipway@main', 'actions/cache/restore@v4', './own']
  const found = await localRepositories(uses, await folder(), { slipway: SLIPWAY, images: null })
  const names = [...found.keys()]
  expect(names).toEqual(expect.arrayContaining(['a/slipway@v1', 'b/slipway@main', 'actions/cache@v4']))
  // What Slipway's own workflows use.
  expect(names.filter((each) => each.startsWith('actions/checkout@'))).toHaveLength(1)
  const copy = found.get('a/slipway@v1') ?? ''
  const release = await readFile(join(copy, '.github/workflows/release.yml'), 'utf8')
  expect(release).toContain('uses: a/slipway/.github/workflows/build.yml@v1')
  expect(release).toContain('uses: a/slipway/actions/preflight@v1')
  expect(release).not.toMatch(/uses: \$\/|queue:/)
  const restore = await readFile(join(found.get('actions/cache@v4') ?? '', 'restore', 'action.yml'), 'utf8')
  expect(restore).toContain('Not rehearsed: a rehearsal restores and saves no cache.')
  for (const [name, local] of found) {
    if (!name.includes('/slipway@')) continue
    await parseYaml('action.yml', await readFile(join(local, 'action.yml'), 'utf8'))
  }
})

test('without an engine, no image is planned and push-image does nothing', async () => {
  const why = "docker isn't there"
  const found = await localRepositories(['a/slipway@v1'], await folder(), { slipway: SLIPWAY, images: why })
  const copy = found.get('a/slipway@v1') ?? ''
  expect(await readFile(join(copy, '.github/workflows/build.yml'), 'utf8')).toMatch(/images: \$\{\{ 'off' }}/)
  expect(await readFile(join(copy, 'action.yml'), 'utf8')).toMatch(/^ {2}images:\n(?: {4}.*\n)* {4}default: off$/m)
  const push = await readFile(join(copy, 'actions/push-image/action.yml'), 'utf8')
  expect(push).toContain('Not rehearsed: docker isn’t there')
  await parseYaml('action.yml', push)
})

/** Returns the files that an upload of these paths contains, by their names in the artifact. */
async function uploaded(root: string, lines: readonly string[], hidden = false): Promise<string[]> {
  const absolute = lines.map((each) => each.replace(/^(!?)(?=.)/, `$1${root}/`))
  const found = await gather(absolute, { hidden })
  return found.files.map((each) => relative(found.root, each))
}

test('an upload takes the same files as actions/upload-artifact', async () => {
  const root = await folder()
  for (const each of ['dist/a.whl', 'dist/b.tar.gz', 'dist/sub/c.whl', 'dist/.hidden', 'other/d.txt', 'e+f(1).txt']) {
    await mkdir(dirname(join(root, each)), { recursive: true })
    await writeFile(join(root, each), '')
  }
  expect(await uploaded(root, ['dist'])).toEqual(['a.whl', 'b.tar.gz', 'sub/c.whl'])
  expect(await uploaded(root, ['dist/'], true)).toEqual(['.hidden', 'a.whl', 'b.tar.gz', 'sub/c.whl'])
  expect(await uploaded(root, ['dist/*.whl'])).toEqual(['a.whl'])
  expect(await uploaded(root, ['dist/**/*.whl'])).toEqual(['a.whl', 'sub/c.whl'])
  expect(await uploaded(root, ['dist/a.whl'])).toEqual(['a.whl'])
  expect(await uploaded(root, ['dist/*', '!dist/sub', '', 'other'])).toEqual([
    'dist/a.whl',
    'dist/b.tar.gz',
    'other/d.txt',
  ])
  expect(await uploaded(root, ['e+f(1).txt'])).toEqual(['e+f(1).txt'])
  expect(await uploaded(root, ['nothing/*'])).toEqual([])
})
