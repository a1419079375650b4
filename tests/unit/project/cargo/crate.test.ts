import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { parseToml } from '@slipway/documents/toml'
import { type Crate, readCrates } from '@slipway/project/cargo/crate'
import { publishOrder } from '@slipway/project/cargo/publish-order'
import { plant, type Tree } from '../../trees.ts'

async function crates(tree: Tree): Promise<Map<string, Crate>> {
  const folder = new Folder(await plant(tree))
  const read = async (file: string) => {
    const text = await folder.read(file)
    return text === null ? null : parseToml(file, text)
  }
  const found = await readCrates(folder, read, 'Cargo.toml')
  return new Map(found.map((each) => [each.name, each]))
}

function crate(name: string, more = ''): string {
  return `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`
}

test('finds members: by name, by glob, by path dependency; not the excluded', async () => {
  const found = await crates({
    'Cargo.toml': `[workspace]\nmembers = ["crates/*", "tools/kept"]\nexclude = ["crates/out", "tools"]\n${crate('root', '[dependencies]\nlinked = { path = "linked", version = "1" }\n')}`,
    'crates/a/Cargo.toml': crate('a', '[dependencies]\nout = { path = "../out" }\n'),
    'crates/out/Cargo.toml': crate('out'),
    'crates/a/nested/Cargo.toml': crate('nested'),
    'tools/kept/Cargo.toml': crate('kept'),
    'tools/other/Cargo.toml': crate('other'),
    'linked/Cargo.toml': crate('linked'),
    'target/package/x/Cargo.toml': crate('built'),
  })
  expect([...found.keys()].sort()).toEqual(['a', 'kept', 'linked', 'root'])
  expect(found.get('a')?.path).toBe('crates/a')
})

test('a manifest without a workspace is one crate', async () => {
  const found = await crates({
    'Cargo.toml': crate('root', '[dependencies]\na = { path = "a" }\n'),
    'a/Cargo.toml': crate('a'),
  })
  expect([...found.keys()]).toEqual(['root'])
})

test('inherits version, publish and dependencies', async () => {
  const found = await crates({
    'Cargo.toml': `[workspace]
members = ["a", "b"]
[workspace.package]
version = "2.0.0"
publish = ["own"]
[workspace.dependencies]
b = { path = "b", version = "2", features = ["x"] }
renamed = { package = "real-name", version = "1" }
`,
    'a/Cargo.toml': `[package]
name = "a"
version.workspace = true
publish.workspace = true
[dependencies]
b = { workspace = true, features = ["y"] }
renamed.workspace = true
[target.'cfg(unix)'.build-dependencies]
cc = "1"
`,
    'b/Cargo.toml': crate('b', '[lib]\ncrate-type = ["cdylib", "rlib"]\n'),
  })
  const a = found.get('a')
  expect(a).toMatchObject({
    version: '2.0.0',
    place: { file: 'Cargo.toml', line: 4, value: '2.0.0' },
    publish: ['own'],
    isExtension: false,
  })
  expect(a?.dependencies).toEqual([
    {
      name: 'b',
      alias: 'b',
      isOptional: false,
      kind: 'normal',
      path: 'b',
      version: '2',
      features: ['x', 'y'],
      where: { file: 'Cargo.toml', line: 7 },
      usedAt: { file: 'a/Cargo.toml', line: 6 },
    },
    expect.objectContaining({ name: 'real-name', alias: 'renamed' }),
    expect.objectContaining({ name: 'cc', kind: 'build', version: '1', where: { file: 'a/Cargo.toml', line: 9 } }),
  ])
  expect(found.get('b')).toMatchObject({ isExtension: true, place: { file: 'b/Cargo.toml', line: 3 } })
})

test.each([
  ['', true],
  ['publish = true', true],
  ['publish = false', false],
  ['publish = []', false],
  ['publish = ["crates-io"]', true],
  ['publish = ["own", "crates-io"]', ['own', 'crates-io']],
])('%p means %p', async (line, expected) => {
  const found = await crates({ 'Cargo.toml': crate('a', `${line}\n`) })
  expect(found.get('a')?.publish).toEqual(expected)
})

test('a crate without a version cannot be published', async () => {
  const found = await crates({ 'Cargo.toml': '[package]\nname = "a"\n' })
  expect(found.get('a')).toMatchObject({ version: '0.0.0', place: null, publish: false })
})

test('orders crates by their dependencies', async () => {
  const found = await crates({
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'a/Cargo.toml': crate('a', '[dependencies]\nb = { path = "../b", version = "1" }\n'),
    'b/Cargo.toml': crate('b', '[build-dependencies]\nc = { path = "../c", version = "1" }\n'),
    // By path only, cargo strips it: no cycle.
    'c/Cargo.toml': crate('c', '[dev-dependencies]\na = { path = "../a" }\n'),
  })
  const { order, problems } = publishOrder([...found.values()])
  expect(order.map((each) => each.name)).toEqual(['c', 'b', 'a'])
  expect(problems).toEqual([])
})

test('a cycle has the line of the crate, even if the workspace specifies the dependency', async () => {
  const found = await crates({
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n[workspace.dependencies]\na = { path = "a", version = "1" }\n',
    'a/Cargo.toml': crate('a', '[dependencies]\nb = { path = "../b", version = "1" }\n'),
    'b/Cargo.toml': crate('b', '[build-dependencies]\na.workspace = true\n'),
  })
  const [problem] = publishOrder([...found.values()]).problems
  expect(problem?.where).toEqual({ file: 'b/Cargo.toml', line: 5 })
  expect(problem?.hint).toContain('the dependency of b on a')
})

test('reports a cycle with its crates and the line that closes it', async () => {
  const found = await crates({
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'a/Cargo.toml': crate('a', '[dependencies]\nb = { path = "../b", version = "1" }\n'),
    'b/Cargo.toml': crate('b', '[dev-dependencies]\na = { path = "../a", version = "1" }\n'),
  })
  expect(publishOrder([...found.values()]).problems).toEqual([
    expect.objectContaining({
      code: 'dependency-cycle',
      message: expect.stringContaining('a -> b -> a'),
      where: { file: 'b/Cargo.toml', line: 5 },
    }),
  ])
})

test('a [patch] makes a dependency local, by the source and name of its package', async () => {
  const patches = {
    'crates-io': 'one = { path = "one" }',
    other: 'renamed = { package = "two", path = "two" }',
    '"https://git.example.invalid/three"': 'three = { path = "three" }',
  }
  const tables = Object.entries(patches).map(([source, line]) => `[patch.${source}]\n${line}\n`)
  const found = await crates({
    'Cargo.toml': `[workspace]\nmembers = ["*"]\n${tables.join('')}[workspace.dependencies]\none = "1"\n`,
    'all/Cargo.toml': crate(
      'all',
      '[dependencies]\none.workspace = true\nfirst = { package = "two", version = "1", registry = "other" }\ntwo = "1"\nthree = { git = "https://git.example.invalid/three", version = "1" }\n',
    ),
    'one/Cargo.toml': crate('one'),
    'two/Cargo.toml': crate('two'),
    'three/Cargo.toml': crate('three', '[dependencies]\none = "1"\n'),
  })
  const { dependencies = [] } = found.get('all') ?? {}
  expect(dependencies.map(({ alias, path }) => [alias, path])).toEqual([
    ['one', 'one'],
    ['first', 'two'],
    // crates.io's crate is another one.
    ['two', undefined],
    ['three', 'three'],
  ])
  const { order } = publishOrder([...found.values()])
  expect(order.map((each) => each.name)).toEqual(['one', 'two', 'three', 'all'])
})
