import { expect, test } from '@jest/globals'
import { cpythonMinor, parseSdistFilename, parseWheelFilename, parseWheelPattern } from '@slipway/core/python/filename'

// `packaging`, which pip uses, finds the same parts.
test.each<[string, string, string, string | null, number]>([
  ['heron-1.0-py3-none-any.whl', 'heron', '1.0', null, 1],
  ['a_b-1.0rc1-1local-py2.py3-none-any.whl', 'a_b', '1.0rc1', '1local', 2],
  ['h.e-1!2.0+ubuntu_01-cp313-cp313t-win_amd64.whl', 'h.e', '1!2.0+ubuntu_01', null, 1],
  ['h-1-2-cp39-abi3.none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', 'h', '1', '2', 4],
])('parses %s', (name, distribution, version, build, tags) => {
  expect(parseWheelFilename(name)).toMatchObject({ distribution, version, build, tags: { length: tags } })
})

test('expands the tags of a wheel', () => {
  expect(parseWheelFilename('a_b-1.0rc1-py2.py3-none-any.whl')).toMatchObject({
    pythonTags: ['py2', 'py3'],
    abiTags: ['none'],
    platformTags: ['any'],
    tags: ['py2-none-any', 'py3-none-any'],
  })
})

test.each([
  'a-1.0-py3-none.whl',
  'a-1.0-x1-py3-none-any.whl',
  'a-1.0-py3-none-any.zip',
  'x/a-1.0-py3-none-any.whl',
  'a-b-1.0-py3-none-any.whl',
  'a-1.0x-py3-none-any.whl',
])('%s is not a wheel file name', (name) => {
  expect(parseWheelFilename(name)).toBeNull()
})

test.each([
  ['heron-1.2.0-*.whl', { distribution: 'heron', version: '1.2.0', isWhole: true }],
  ['heron-1.2*-abi3-*.whl', { distribution: 'heron', version: '1.2', isWhole: false }],
  ['heron-*.whl', { distribution: 'heron', version: '', isWhole: false }],
  ['heron-$V-py3-none-any.whl', { distribution: 'heron', version: '', isWhole: false }],
  ['heron-1.2.0.whl', { distribution: 'heron', version: '1.2.0', isWhole: true }],
  ['heron*.whl', null],
  ['heron-1.2.0.tar.gz', null],
])('the pattern %s is %j', (pattern, expected) => {
  expect(parseWheelPattern(pattern)).toEqual(expected)
})

test.each([
  ['a_b-1.0rc1.tar.gz', { distribution: 'a_b', version: '1.0rc1' }],
  ['a-b-1.0.zip', { distribution: 'a-b', version: '1.0' }],
  ['a-1.0-py3-none-any.whl', null],
  ['a.tar.gz', null],
])('the sdist %s is %j', (name, expected) => {
  expect(parseSdistFilename(name)).toEqual(expected)
})

test.each([
  ['cp312', 12],
  ['3.9', 9],
  ['cp39t', null],
  ['py3', null],
  ['', null],
])('%p names CPython 3.%p', (text, expected) => {
  expect(cpythonMinor(text)).toBe(expected)
})
