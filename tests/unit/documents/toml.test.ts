import { expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import { parseToml } from '@slipway/documents/toml'

const TEXT = `title = "x"
[package]
name = 'demo' # comment
version.workspace = true
features = [
  "a",
  "b",
]

[[bin]]
name = "one"
[[bin]]
name = "two"

[dependencies]
inline = { path = "../x", version = "1" }
"quoted-key".version = "2"
`
const document = parseToml('a/Cargo.toml', TEXT)

test.each<[(string | number)[], unknown, number]>([
  [['title'], 'x', 1],
  [['package'], undefined, 2],
  [['package', 'name'], 'demo', 3],
  [['package', 'version', 'workspace'], true, 4],
  [['package', 'features', 1], 'b', 7],
  [['bin', 1, 'name'], 'two', 13],
  [['dependencies', 'inline', 'version'], '1', 16],
  [['dependencies', 'quoted-key', 'version'], '2', 17],
])('finds %p', (path, value, line) => {
  if (value !== undefined) expect(document.get(...path)).toBe(value)
  expect(document.where(...path)).toEqual({ file: 'a/Cargo.toml', line })
})

test('reads TOML 1.1, as cargo does', () => {
  expect(parseToml('Cargo.toml', 'a = {\n  b = 1,\n}\n').get('a', 'b')).toBe(1)
})

test('skips a byte order mark', () => {
  const marked = parseToml('Cargo.toml', '\uFEFFa = 1\n')
  expect(marked.get('a')).toBe(1)
  expect(marked.text.slice(...(marked.range('a') ?? []))).toBe('1')
})

test('a missing value is undefined and has the line of the table around it', () => {
  expect(document.get('package', 'nothing', 'at all')).toBeUndefined()
  expect(document.get('constructor')).toBeUndefined()
  expect(document.where('package', 'version', 'nothing').line).toBe(4)
  expect(document.where('nothing').line).toBe(1)
  expect(document.range('nothing')).toBeNull()
})

test('finds the range of a value in the text', () => {
  const [start, end] = document.range('package', 'name') ?? []
  expect(TEXT.slice(start, end)).toBe("'demo'")
  const [from, to] = document.range('dependencies', 'inline', 'version') ?? []
  expect(TEXT.slice(from, to)).toBe('"1"')
})

test('treats values of another type as missing', () => {
  expect(document.string('package')).toBeUndefined()
  expect(document.table('title')).toEqual({})
  expect(document.strings('title')).toEqual([])
  expect(document.strings('package', 'features')).toEqual(['a', 'b'])
})

test.each([
  ['a = 1\nb = = 2\n', 2],
  ['a = 1\na = 2\n', 2],
  ['[a b]\n', 1],
  ['[a\n\nb = 1\n', 1],
  ['b = 1\n\n[a', 3],
  ['a = 1\nb\nc = 1\n', 2],
  ['a = 1\nb =\n\nc = 1\n', 2],
  ['x = "open\n', 1],
  [`x = ${'['.repeat(20_000)}`, 1],
  [`x = ${'{x='.repeat(20_000)}`, 1],
  [`x.${'x.'.repeat(500_000)}x = 1`, 1],
  [`[x.${'x.'.repeat(20_000)}x]\ny = 1\n`, 1],
])('reports %.30p with its line', (text, line) => {
  let failure: unknown
  try {
    parseToml('x.toml', text)
  } catch (cause) {
    failure = cause
  }
  expect(failure).toBeInstanceOf(ProblemError)
  expect((failure as ProblemError).problems[0]).toMatchObject({ code: 'toml-syntax', where: { file: 'x.toml', line } })
})
