/**
 * Values of fields of the core metadata: those that PyPI accepts, and those that it refuses, by field. The test of the rules
 * compares Slipway with this table, and tests/sandbox/second-opinion.test.ts compares the table with Python's libraries.
 */
export const VALUES: Record<string, { accepted: string[]; refused: string[] }> = {
  Name: { accepted: ['a', 'A.b-c_d', 'a1'], refused: ['-a', 'a_', 'a b', 'é', 'a+'] },
  Version: {
    accepted: ['1', '1.0rc1', 'v1.0', '1!2', '1.0-1', '2026.01.05'],
    refused: ['1.x', '1.0-foo', '1.0+local', '^1'],
  },
  Summary: {
    accepted: ['x', 'a\tb', 'x'.repeat(512), '🎉'.repeat(512)],
    refused: ['a\nb', 'a\u2028b', 'x'.repeat(513)],
  },
  'Description-Content-Type': {
    accepted: [
      'text/plain',
      'text/markdown',
      'TEXT/MARKDOWN',
      'text/x-rst; variant=x',
      'text/markdown; charset=utf-8; variant=CommonMark',
      'text/markdown; Variant="GFM"',
      'text/markdown;',
    ],
    refused: [
      'text/md',
      'text/html',
      'markdown',
      'text/markdown; variant=gfm',
      'text/plain; charset=ascii',
      'text/markdown; x',
    ],
  },
  'Home-Page': {
    accepted: ['https://example.org', 'HTTP://example.org:8080/a b?c|d#e', 'http:foo', 'https://[::1]/', 'https://ü/ü'],
    refused: [
      'example.org',
      '//example.org',
      'ftp://example.org',
      'https://example.org:99999',
      'https://example.org/[x]',
      ' https://example.org',
    ],
  },
  'Project-URL': {
    accepted: ['Home, https://example.org', `${'l'.repeat(32)},https://example.org`, 'A, https://example.org/a,b'],
    refused: [', https://example.org', 'Home', 'Home, example.org', `${'l'.repeat(33)}, https://example.org`],
  },
  'Author-Email': {
    accepted: [
      'ann@example.org',
      'Ann <ann@example.org>',
      '"Ann, B." <ann+x@sub.example.org>',
      'Ann (at work) <ann@example.org>',
      'ann@example.org,',
      // Of several addresses, none is read.
      'ann@localhost, bob@example.org',
      'é@é.org',
      'ann@xn--e-1fa.org',
    ],
    refused: [
      'ann',
      'ann at example.org',
      'Ann <ann>',
      'ann@localhost',
      'ann@example.invalid',
      'ann@example.123',
      '.ann@example.org',
      'a..n@example.org',
      'ann@-example.org',
      'ann@ex--ample.org',
      'an n@example.org',
      `${'a'.repeat(250)}@example.org`,
    ],
  },
  'License-Expression': {
    accepted: [
      'MIT',
      'mit',
      'MIT OR (Apache-2.0 AND Zlib)',
      'GPL-2.0-only WITH Classpath-exception-2.0',
      'LicenseRef-Own',
      'MIT+',
    ],
    refused: ['Apache 2.0', 'MIT/Apache-2.0', 'MIT OR', '()', '(MIT', 'MIT WITH Nothing', 'LicenseRef-a_b', 'BSD'],
  },
  'License-File': {
    accepted: ['LICENSE', 'licenses/MIT.txt', '.x'],
    refused: ['../LICENSE', '/LICENSE', 'LICENSE*', 'a\\b', 'C:/x', './a', 'a//b'],
  },
  Classifier: {
    accepted: ['Typing :: Typed', 'Programming Language :: Python :: 3.15', 'Programming Language :: Rust'],
    refused: [
      'Typing::Typed',
      'Programming Language :: Python :: 3.99',
      'Private :: Do Not Upload',
      'Natural Language :: Ukranian',
    ],
  },
  'Requires-Dist': {
    accepted: [
      'a',
      'a[b, c] (>=1,<2)',
      'a==1.*,!=1.1.*',
      'a>=1,',
      'a===x',
      'a; python_version in "2.7, 3.1" and (os_name == "nt" or extra == \'x\')',
      'a; "x" in extras',
      'a;os_name=="x"and os.name!="y"',
      'a; platform_release not in "x"',
    ],
    refused: [
      'a>=1.*',
      'a~=1',
      'a>=1,,<2',
      'a ,>=1',
      'a >1 <2',
      'a[b c]',
      'a @ https://example.org/a.whl',
      'a; python_version < 3',
      'a; foo == "x"',
      'a;',
      'a; (os_name == "x"',
      'a; os_name == "x" or',
      'a; os_name not  "x"',
    ],
  },
  'Requires-Python': {
    accepted: ['>=3.9', '>=3.9,', '>=3,,<4', '==3.*', '===x', '~=3.9'],
    refused: ['^3.9', '3.9', '~=3', '>=3.9.*', '>=3 <4'],
  },
  'Provides-Extra': { accepted: ['a', 'A.b-c'], refused: ['-a', 'a b', 'a[b]'] },
  Dynamic: {
    accepted: ['License-File', 'project-url', 'Import-Name', 'Home-page'],
    refused: ['Name', 'version', 'Metadata-Version', 'Homepage', 'Dynamic'],
  },
  'Import-Name': {
    accepted: ['a', 'a._b', 'a ; private', 'match', 'é'],
    refused: ['class', 'a.def', '1a', 'a-b', 'a..b', 'a; public', 'a;private;private', '.a'],
  },
}

/** Readmes in reStructuredText, and whether PyPI renders them. */
export const READMES: [text: string, isRendered: boolean][] = [
  ['Demo\n====\n\n.. code-block:: python\n\n   x\n', true],
  ['Demo\n\n.. toctree::\n   :maxdepth: 2\n', false],
  ['Demo\n\n.. raw:: html\n\n   <b>x</b>\n', false],
  ['Demo\n\n.. include:: CHANGES.rst\n', false],
  ['.. versionadded:: 1.0\n', false],
  ['Demo\n\n.. Note:: hello\n', true],
  ['Demo::\n\n  .. toctree::\n\nend\n', true],
  ['Demo::\n\n.. toctree::\n', true],
  ['Demo\n\n.. toctree::x\n', true],
  ['Demo\n\n.. a comment\n\n  .. toctree::\n\nend\n', true],
  ['.. |x| image:: a.png\n\n|x|\n', true],
  ['See :func:`demo` now.\n', false],
  ['See :py:func:`demo` now.\n', false],
  ['See :code:`demo`, :PEP:`8` and ``:func:`` now.\n', true],
  ['See \\:func:`demo` now.\n', true],
  ['.. role:: func\n\nSee :func:`demo` now.\n', true],
  ['>>> :func:`demo`\n1\n\nend\n', true],
  ['Demo\r\n\r\n.. automodule:: demo\r\n', false],
]
