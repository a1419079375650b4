import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { IN, PY, project, reported } from './package.ts'

test.each<[string, Tree, string[]]>([
  ['a summary of 512', project(`description = "${'x'.repeat(512)}"\n`), []],
  ['a longer summary', project(`description = "${'x'.repeat(513)}"\n`), [`error package-description-too-long ${IN}:8`]],
  ['classifiers', project('classifiers = ["Typing :: Typed", "Topic :: Database :: Database Engines/Servers"]\n'), []],
  [
    'a classifier of one word',
    project('classifiers = [\n"Typing :: Typed",\n"Typed"]\n'),
    [`error classifier-invalid ${IN}:10`],
  ],
  ['a classifier without blanks', project('classifiers = ["Typing::Typed"]\n'), [`error classifier-invalid ${IN}:8`]],
  [
    'an unknown classifier',
    project('classifiers = [\n"Programming Language :: Python :: 3.99"]\n'),
    [`error classifier-invalid ${IN}:9`],
  ],
  [
    'a deprecated classifier',
    project('classifiers = ["Natural Language :: Ukranian"]\n'),
    [`error classifier-deprecated ${IN}:8`],
  ],
  [
    'a direct reference',
    project('dependencies = [\n"a>=1",\n"numpy @ git+https://example.invalid/numpy"]\n'),
    [`error requirement-direct ${IN}:10`],
  ],
  [
    'a direct reference of an extra',
    project('[project.optional-dependencies]\ngpu = ["a @ https://example.invalid/a.whl"]\n'),
    [`error requirement-direct ${IN}:9`],
  ],
  ['a bad name of an extra', project('optional-dependencies = { "a b" = [] }\n'), [`error extra-name-invalid ${IN}:8`]],
  ['a URL without a scheme', project('urls = { Home = "example.org" }\n'), [`error url-invalid ${IN}:8`]],
  ['URLs', project('[project.urls]\nHome = "https://example.org"\n"Bug tracker" = "http://example.org/bugs"\n'), []],
  [
    'a label of 33 characters',
    project(`[project.urls]\n${'l'.repeat(33)} = "https://example.org"\n`),
    [`error url-label-invalid ${IN}:9`],
  ],
  [
    'an address that is none',
    project('authors = [{ name = "Ann", email = "ann at example.invalid" }]\n'),
    [`error email-invalid ${IN}:8`],
  ],
  [
    'an address that is none among others',
    project('authors = [\n{ name = "Ann", email = "ann@localhost" },\n{ name = "Bob", email = "bob@example.org" }]\n'),
    [`warning email-invalid ${IN}:9`],
  ],
  ['an author without an address', project('authors = [{ name = "Ann" }]\n'), []],
  [
    'a script with a space',
    project('[project.scripts]\n"my demo" = "demo:main"\n'),
    [`error script-name-invalid ${IN}:9`],
  ],
  ['a script with a path', project('gui-scripts = { "../x" = "demo:main" }\n'), [`error script-name-invalid ${IN}:8`]],
  ['scripts', project('[project.scripts]\nmy-demo = "demo:main"\n'), []],
  [
    'a module that is a keyword',
    project('import-names = ["demo", "demo.class"]\n'),
    [`error import-name-invalid ${IN}:8`],
  ],
  [
    'a type of readme that PyPI does not render',
    { ...project('readme = { file = "R.md", content-type = "text/md" }\n'), 'py/R.md': '' },
    [`error description-content-type-invalid ${IN}:8`],
  ],
  [
    'a readme with a directive of Sphinx',
    { ...project('readme = "README.rst"\n'), 'py/README.rst': 'Demo\n====\n\n.. toctree::\n\n   a\n' },
    [`error description-not-rendered ${IN}:8`],
  ],
  [
    'a readme in a table with a role of Sphinx',
    {
      ...project('readme = { file = "README", content-type = "text/x-rst" }\n'),
      'py/README': 'See :func:`demo`.\n',
    },
    [`error description-not-rendered ${IN}:8`],
  ],
  [
    'a readme that docutils renders',
    { ...project('readme = "README.rst"\n'), 'py/README.rst': 'Demo\n====\n\n.. note:: ``:func:`x```\n' },
    [],
  ],
  ['a summary in two lines', project('description = """a\nb"""\n'), []],
  ['a license', project('license = "MIT OR Apache-2.0"\n'), []],
  ['a license in words', project('license = "MIT License"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a license with a slash', project('license = "MIT/Apache-2.0"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a license in lower case', project('license = "mit"\n'), []],
  ['an unknown license', project('license = "MITT"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a deprecated license', project('license = "GPL-3.0"\n'), []],
  ['a license in a table', project('license = { text = "MIT" }\n'), [`notice license-table-deprecated ${IN}:8`]],
  [
    'a license said twice',
    project('license = "MIT"\nclassifiers = [\n"License :: OSI Approved :: MIT License"]\n'),
    [`notice license-said-twice ${IN}:10`],
  ],
  ['a license by its classifier only', project('classifiers = ["License :: OSI Approved :: MIT License"]\n'), []],
  ['a readme', { ...project('readme = "README.md"\n'), 'py/README.md': '' }, []],
  [
    'a readme in another folder',
    { ...project('readme = "README.md"\n'), 'README.md': '' },
    [`error package-file-missing ${IN}:8`],
  ],
  [
    'a readme as a table',
    project('readme = { file = "R.md", content-type = "text/markdown" }\n'),
    [`error package-file-missing ${IN}:8`],
  ],
  ['a readme as text', project('readme = { text = "R.md", content-type = "text/markdown" }\n'), []],
  [
    'a missing license file',
    project('license = { file = "COPYING" }\n'),
    [`notice license-table-deprecated ${IN}:8`, `error package-file-missing ${IN}:8`],
  ],
  [
    'license files',
    { ...project('license-files = ["LICEN[CS]E*", "AUTHORS"]\n'), 'py/LICENSE.txt': '', 'py/AUTHORS': '' },
    [],
  ],
  ['missing license files', project('license-files = [\n"LICENSE"]\n'), [`warning license-files-missing ${IN}:9`]],
  ['a bad name', { [IN]: PY.replace('name = "demo"', 'name = "demo-"') }, [`error package-name-invalid ${IN}:5`]],
  [
    'a bad name that is not published',
    { [IN]: PY.replace('name = "demo"', 'name = "demo-"\nclassifiers = ["Private :: x"]') },
    [],
  ],
])('the problems of a package with %s', async (_, changes, expected) => {
  expect(await reported(changes)).toEqual(expected)
})

/** Each case was tried with the build backend. */
test.each([
  ['setuptools.build_meta', 'error'],
  ['setuptools.build_meta:__legacy__', 'error'],
  ['flit_core.buildapi', 'error'],
  ['pdm.backend', 'error'],
  ['hatchling.build', 'notice'],
  ['poetry.core.masonry.api', 'notice'],
  ['uv_build', 'notice'],
])('a license said twice, built by %s: %s', async (backend, severity) => {
  const license = 'license = "MIT"\nclassifiers = ["License :: OSI Approved :: MIT License"]\n'
  const file = 'more/pyproject.toml'
  const text = `[build-system]\nbuild-backend = "${backend}"\n[project]\nname = "more"\nversion = "1.2.0rc1"\n${license}`
  expect(await reported({ [file]: text })).toEqual([`${severity} license-said-twice ${file}:7`])
})
