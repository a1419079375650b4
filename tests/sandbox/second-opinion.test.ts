import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { pythonTags } from '@slipway/artifacts/wheel-tags'
import classifiers from '@slipway/core/python/data/classifiers.json' with { type: 'json' }
import cpython from '@slipway/core/python/data/cpython.json' with { type: 'json' }
import platforms from '@slipway/core/python/data/platform-tags.json' with { type: 'json' }
import { parseWheelFilename } from '@slipway/core/python/filename'
import { DIRECTIVES, ROLES } from '@slipway/core/python/metadata/restructured-text'
import { acceptedByPyPI } from '@slipway/core/python/platform-tags'
import { BROKEN, type Broken, FIT } from '../unit/artifacts/broken-files.ts'
import { READMES, VALUES } from '../unit/core/python/metadata/values.ts'
import { succeed, temporaryFolder } from './harness.ts'
import { pythonClients } from './python-clients.ts'

const LIBRARIES = ['packaging', 'trove-classifiers', 'readme_renderer[md]', 'email-validator', 'rfc3986']
const { tool, install } = pythonClients('second-opinion', 'twine', ...LIBRARIES)
beforeAll(install)

/** What the libraries that PyPI uses say, as second-opinion.py prints it. */
interface Opinion {
  values: Record<string, boolean[]>
  readmes: boolean[]
  /** Null for a file that cannot be read. */
  files: (boolean | null)[]
  twine: boolean[]
  classifiers: string[]
  deprecated: Record<string, string[]>
  directives: string[]
  roles: string[]
  tags: string[]
  macos: string[]
}

const SCRIPT = fileURLToPath(new URL('second-opinion.py', import.meta.url))

async function opinion(files: string[] = []): Promise<Opinion> {
  const values = Object.fromEntries(
    Object.entries(VALUES).map(([field, { accepted, refused }]) => [field, [...accepted, ...refused]]),
  )
  const minors = cpython.releases.map((each) => each.minor)
  const request = { values, readmes: READMES.map(([text]) => text), files, minors, macos: platforms.macosx.majors }
  const input = join(temporaryFolder(), 'request.json')
  writeFileSync(input, JSON.stringify(request))
  const shell = ['sh', '-c', '"$1" "$2" < "$3"', 'sh', tool('python'), SCRIPT, input]
  return JSON.parse((await succeed(shell)).stdout) as Opinion
}

test('values and readmes: the libraries accept and refuse the same', async () => {
  const { values, readmes } = await opinion()
  const expected = Object.entries(VALUES).map(([field, { accepted, refused }]) => [
    field,
    [...accepted.map((each) => [each, true]), ...refused.map((each) => [each, false])],
  ])
  const said = Object.entries(VALUES).map(([field, { accepted, refused }]) => [
    field,
    [...accepted, ...refused].map((each, index) => [each, values[field]?.[index]]),
  ])
  expect(said).toEqual(expected)
  expect(READMES.map(([text], index) => [text, readmes[index]])).toEqual(READMES)
})

test('the lists that age are those of today', async () => {
  const today = await opinion()
  expect([classifiers.current, classifiers.deprecated]).toEqual([today.classifiers, today.deprecated])
  // PyPI switches two directives and one role off.
  expect([...DIRECTIVES, 'include', 'raw'].sort()).toEqual(today.directives)
  expect([...ROLES, 'raw'].sort()).toEqual(today.roles)
  // The last classifier of Python is of the version in development.
  const minors = today.classifiers.flatMap(
    (each) => /^Programming Language :: Python :: 3\.(\d+)$/.exec(each)?.[1] ?? [],
  )
  const released = minors
    .map(Number)
    .sort((a, b) => a - b)
    .slice(0, -1)
  expect(cpython.releases.map((each) => each.minor)).toEqual(released.filter((each) => each >= 8))
})

test('tags that installers look for are known', async () => {
  const { tags, macos } = await opinion()
  expect(tags).toEqual(expect.arrayContaining(['cp314-cp314t-any', 'cp39-abi3-any', 'cp315-abi3t-any']))
  const unknown = tags.filter((tag) => {
    const filename = parseWheelFilename(`demo-1.0-${tag}.whl`)
    return filename === null || pythonTags({ name: tag, wheel: { filename } as never }).length > 0
  })
  expect(unknown).toEqual([])
  const named = macos.filter((each) => /^macosx_(?:10_\d+|(?!16_)\d+_0)_(?:arm64|universal2)$/.test(each))
  // Between 15 and 26 there is no macOS.
  const listed = named.filter((each) => !/^macosx_(?:1[6-9]|2[0-5])_/.test(each))
  expect(listed.filter((each) => !acceptedByPyPI(each))).toEqual([])
  expect(listed.length).toBeGreaterThan(5)
})

/** What the libraries accept of the broken files, and why; the first row that fits counts. */
const LIBRARIES_ACCEPT: [which: RegExp, why: string][] = [
  [/^METADATA: version 2\.6$/, 'packaging knows this version already, and PyPI does not'],
  [/^RECORD: /, 'the libraries do not read RECORD'],
  [/^ZIP: (?!no archive|the end)/, 'Python reads such archives; PyPI reads them once more, as a stream'],
  [/^tags: (?!a name)/, 'the list of platforms is in PyPI, not in a library'],
  [/^sdist: (?:several top folders|a link|a path|a device|a sparse file)/, 'Python reads such archives'],
  [/^sdist: no pyproject/, 'nobody demands it'],
  [/^sdist: no gzip/, 'Python reads an archive without compression too'],
]

/** What twine accepts of them, and why. */
const TWINE_ACCEPTS: [which: RegExp, why: string][] = [
  [
    /^METADATA: .*(?:classifier|label(?! twice)|URL|page|address|of 513|direct reference|both|2\.6|local)/,
    'a rule of PyPI alone',
  ],
  [/^METADATA: (?:a license file that is missing|another)/, 'twine compares nothing with other parts of the file'],
  [/^(?:entry_points\.txt|RECORD): /, 'twine reads the metadata only'],
  [/^ZIP: (?!no archive|the end)/, 'twine reads the metadata only, as Python does'],
  [/^tags: /, 'twine does not read tags'],
  [
    /^sdist: (?!another ending|no PKG-INFO|several|metadata in|the end|a tar header|no gzip)/,
    'twine reads PKG-INFO only',
  ],
]

test('broken files: twine and the libraries refuse the same, but for the differences listed', async () => {
  const broken = Object.entries(BROKEN).flatMap(([family, files]) =>
    Object.entries(files).map(([defect, file]) => [`${family}: ${defect}`, file] as const),
  )
  const entries: (readonly [string, Omit<Broken, 'code'>])[] = [...broken, ...Object.entries(FIT)]
  const paths = entries.map(([, { filename, bytes }]) => {
    const path = join(temporaryFolder(), filename)
    writeFileSync(path, bytes)
    return path
  })
  const { files, twine } = await opinion(paths)
  const isFit = (name: string) => name in FIT
  const accepted = (table: typeof TWINE_ACCEPTS) => (name: string) =>
    isFit(name) || table.some(([each]) => each.test(name))
  const names = entries.map(([name]) => name)
  // A file that cannot be read is not accepted.
  expect(names.filter((_, index) => files[index] === true)).toEqual(names.filter(accepted(LIBRARIES_ACCEPT)))
  expect(names.filter((_, index) => twine[index])).toEqual(names.filter(accepted(TWINE_ACCEPTS)))
})
