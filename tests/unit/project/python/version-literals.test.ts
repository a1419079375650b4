import { expect, test } from '@jest/globals'
import { pythonVersions } from '@slipway/project/python/version-literals'

test.each([
  ['__version__ = "1.0"', ['1.0']],
  ["x = 1\n__version__: str = '1.0'  # here", ['1.0']],
  ['__version__ = version("demo")', []],
  ['from ._internal import __version__', []],
  ['# __version__ = "1.0"', []],
  ['__version__: str = "unknown"', []],
  ['__version__ = ""\n__version__ = "1.0"', ['1.0']],
  ['__all__ = ["__version__"]', []],
])('in Python, %p has versions %p', (text, expected) => {
  expect(pythonVersions('a.py', text).map((each) => each.value)).toEqual(expected)
})

test('a literal has its line', () => {
  expect(pythonVersions('a.py', '\n\n__version__ = "1"\n')[0]?.line).toBe(3)
})
