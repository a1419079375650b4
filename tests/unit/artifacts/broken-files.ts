import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type RawEntry, tarGz, zip } from './archives.ts'
import { zipRenamed, zipWith } from './zip-bytes.ts'

/** A file with one defect. */
export interface Broken {
  filename: string
  bytes: Uint8Array
  /** The code of its problem. */
  code: string
  severity?: 'warning'
}

type Changes = Record<string, string | Buffer | null>

const INFO = 'demo_pkg-1.0.0.dist-info'
const TOP = 'demo_pkg-1.0.0'
const WHEEL = `${TOP}-py3-none-any.whl`
const SDIST = `${TOP}.tar.gz`

/** Returns the text of METADATA with more fields. */
export function metadata(more: string[] = [], version = '2.4', body = '# Demo\n', type = 'text/markdown'): string {
  const head = [`Metadata-Version: ${version}`, 'Name: demo-pkg', 'Version: 1.0.0', 'Summary: A demo']
  return `${[...head, ...(type === '' ? [] : [`Description-Content-Type: ${type}`]), ...more].join('\n')}\n\n${body}`
}

/** Returns the files of a wheel that PyPI accepts, with changes; null leaves one out. RECORD fits unless it is given. */
export function wheel(changes: Changes = {}, tag = 'py3-none-any', info = INFO): Record<string, string | Buffer> {
  const files: Changes = {
    'demo/__init__.py': '',
    'demo/other.py': 'x = 1\n',
    [`${info}/METADATA`]: metadata(),
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
    ...changes,
  }
  const rows = Object.entries(files).flatMap(([name, text]) => (text === null ? [] : [row(name, text)]))
  const all: Changes = { [`${info}/RECORD`]: [...rows, `${info}/RECORD,,`, ''].join('\n'), ...files }
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, string | Buffer] => each[1] !== null))
}

function row(name: string, text: string | Buffer): string {
  return `${name},sha256=${createHash('sha256').update(text).digest('base64url')},${Buffer.byteLength(text)}`
}

const fit = wheel()
const RECORD = fit[`${INFO}/RECORD`] as string

function whl(code: string, files: Record<string, string | Buffer> | Buffer, filename = WHEEL): Broken {
  return { filename, bytes: Buffer.isBuffer(files) ? files : zip(files), code }
}

/** A wheel with another METADATA. */
function fields(code: string, more: string[], ...rest: [version?: string, body?: string, type?: string]): Broken {
  return whl(code, wheel({ [`${INFO}/METADATA`]: metadata(more, ...rest) }))
}

function scripts(code: string, text: string): Broken {
  return whl(code, wheel({ [`${INFO}/entry_points.txt`]: text }))
}

function recorded(code: string, record: string | null): Broken {
  return whl(code, wheel({ [`${INFO}/RECORD`]: record }))
}

function tagged(code: string, tag: string, claimed = tag): Broken {
  // A wheel for a platform has something native.
  const native: Changes = tag.endsWith('-any') ? {} : { 'demo/native.a': '!<arch>\n' }
  return whl(code, wheel(native, claimed), `${TOP}-${tag}.whl`)
}

const warned = (broken: Broken): Broken => ({ ...broken, severity: 'warning' })

/** The members of an sdist that PyPI accepts. */
function members(top = TOP, info: string | Buffer = metadata()): RawEntry[] {
  return [
    { name: `${top}/PKG-INFO`, data: info },
    { name: `${top}/pyproject.toml`, data: '[build-system]\nrequires = []\n' },
    { name: `${top}/demo/__init__.py` },
  ]
}

function source(code: string, entries: RawEntry[], filename = SDIST): Broken {
  return { filename, bytes: tarGz(entries), code }
}

/** A wheel and an sdist without a fault. */
export const FIT: Record<string, Omit<Broken, 'code'>> = {
  wheel: { filename: WHEEL, bytes: zip(fit) },
  sdist: { filename: SDIST, bytes: tarGz(members()) },
}

/** Files with one defect each, by family and defect. */
export const BROKEN: Record<string, Record<string, Broken>> = {
  METADATA: {
    'a license that is no expression': fields('license-expression-invalid', ['License-Expression: Apache 2.0']),
    'License-Expression in 2.3': fields('metadata-field-too-new', ['License-Expression: MIT'], '2.3'),
    'Import-Name in 2.4': fields('metadata-field-too-new', ['Import-Name: demo']),
    'Dynamic in 2.1': fields('metadata-field-too-new', ['Dynamic: Classifier'], '2.1'),
    'version 2.6': fields('metadata-version-unknown', [], '2.6'),
    'version 3': fields('metadata-version-unknown', [], '3'),
    'an unknown classifier': fields('classifier-invalid', ['Classifier: Programming Language :: Python :: 3.99']),
    'a private classifier': fields('classifier-invalid', ['Classifier: Private :: Do Not Upload']),
    'a deprecated classifier': fields('classifier-deprecated', [
      'Classifier: Topic :: Communications :: Chat :: AOL Instant Messenger',
    ]),
    'a classifier with a successor': fields('classifier-deprecated', ['Classifier: Natural Language :: Ukranian']),
    'a requirement >=1.*': fields('requirement-invalid', ['Requires-Dist: other>=1.*']),
    'a requirement ~=1': fields('requirement-invalid', ['Requires-Dist: other~=1']),
    'an invalid marker': fields('requirement-invalid', ['Requires-Dist: other; python_version < 3']),
    'a direct reference': fields('requirement-direct', ['Requires-Dist: other @ git+https://example.org/other']),
    'an invalid Requires-Python': fields('requires-python-invalid', ['Requires-Python: ^3.9']),
    'Dynamic: Name': fields('dynamic-field-invalid', ['Dynamic: Name']),
    'Dynamic of an unknown field': fields('dynamic-field-invalid', ['Dynamic: Homepage']),
    'a label of 33 characters': fields('url-label-invalid', [`Project-URL: ${'l'.repeat(33)}, https://example.org`]),
    'a URL without a label': fields('url-label-invalid', ['Project-URL: , https://example.org']),
    'a label twice': fields('url-label-invalid', [
      'Project-URL: A, https://example.org',
      'Project-URL: A, https://example.com',
    ]),
    'a URL without a scheme': fields('url-invalid', ['Project-URL: Home, example.org']),
    'a URL with another scheme': fields('url-invalid', ['Project-URL: Code, git+https://example.org']),
    'a home page without a scheme': fields('url-invalid', ['Home-Page: example.org']),
    'a download page without a scheme': fields('url-invalid', ['Download-URL: //example.org']),
    'an address without @': fields('email-invalid', ['Author-Email: ann at example.org']),
    'an address on localhost': fields('email-invalid', ['Maintainer-Email: Ann <ann@localhost>']),
    'the description as text/md': fields('description-content-type-invalid', [], '2.4', 'x', 'text/md'),
    'the description in latin-1': fields(
      'description-content-type-invalid',
      [],
      '2.4',
      'x',
      'text/markdown; charset=latin-1',
    ),
    'an unknown variant': fields('description-content-type-invalid', [], '2.4', 'x', 'text/markdown; variant=Pandoc'),
    'an unknown directive': fields(
      'description-not-rendered',
      [],
      '2.4',
      'Demo\n\n.. toctree::\n\n   a\n',
      'text/x-rst',
    ),
    'a disabled directive': fields('description-not-rendered', [], '2.4', 'Demo\n\n.. include:: x.rst\n', ''),
    'an unknown role': fields('description-not-rendered', [], '2.4', 'Use :func:`demo` now.\n', 'text/x-rst'),
    'both kinds of license': fields('license-fields-both', ['License: MIT', 'License-Expression: MIT']),
    'a repeated field': fields('metadata-field-repeated', ['License-Expression: MIT', 'License-Expression: MIT']),
    'an invalid extra': fields('extra-name-invalid', ['Provides-Extra: -x']),
    'a keyword as a module': fields('import-name-invalid', ['Import-Name: demo.class'], '2.5'),
    'a license file that is a pattern': whl(
      'license-file-path-invalid',
      wheel({ [`${INFO}/METADATA`]: metadata(['License-File: LICENSE*']), [`${INFO}/licenses/LICENSE*`]: 'MIT' }),
    ),
    'a license file that is missing': fields('license-file-missing', ['License-File: LICENSE']),
    'a summary of 513': whl(
      'package-description-too-long',
      wheel({ [`${INFO}/METADATA`]: metadata().replace('A demo', 'x'.repeat(513)) }),
    ),
    'a summary of two lines': whl(
      'package-description-lines',
      wheel({ [`${INFO}/METADATA`]: metadata().replace('A demo', 'A demo\n  of two lines') }),
    ),
    'no Version': whl(
      'metadata-field-missing',
      wheel({ [`${INFO}/METADATA`]: metadata().replace('Version: 1.0.0\n', '') }),
    ),
    'another version': whl(
      'metadata-differs-from-filename',
      wheel({ [`${INFO}/METADATA`]: metadata().replace('1.0.0', '1.0.1') }),
    ),
    'another name': whl(
      'metadata-differs-from-filename',
      wheel({ [`${INFO}/METADATA`]: metadata().replace('demo-pkg', 'demo-other') }),
    ),
    'a local version': whl(
      'local-version',
      wheel(
        { 'demo_pkg-1.0.0+abc.dist-info/METADATA': metadata().replace('1.0.0', '1.0.0+abc') },
        'py3-none-any',
        'demo_pkg-1.0.0+abc.dist-info',
      ),
      'demo_pkg-1.0.0+abc-py3-none-any.whl',
    ),
  },
  'entry_points.txt': {
    'a path as a name': scripts('script-name-invalid', '[console_scripts]\n../evil = demo:main\n'),
    'a space in a name': scripts('script-name-invalid', '[gui_scripts]\nmy demo = demo:main\n'),
    'no group': scripts('entry-points-invalid', 'demo = demo:main\n'),
    'no =': scripts('entry-points-invalid', '[console_scripts]\ndemo: demo:main\n'),
    'a name twice': scripts('entry-points-invalid', '[console_scripts]\ndemo = demo:main\ndemo = demo:other\n'),
  },
  RECORD: {
    'a row missing': recorded('wheel-record-differs', RECORD.replace(/demo\/other.*\n/, '')),
    'another hash': recorded('wheel-record-differs', RECORD.replace(/(demo\/other.py,sha256=)./, '$1_')),
    'another size': recorded('wheel-record-differs', RECORD.replace(/(demo\/other.py,.*),6/, '$1,7')),
    'a file that is missing': recorded('wheel-record-differs', `${RECORD}${row('demo/gone.py', '')}\n`),
    backslashes: warned(recorded('wheel-record-backslashes', RECORD.replaceAll('demo/', 'demo\\'))),
    'a row without a hash': warned(
      recorded('wheel-record-without-hash', RECORD.replace(/(demo\/other.py),.*/, '$1,,')),
    ),
    'no RECORD': recorded('wheel-file-missing', null),
  },
  ZIP: {
    'bytes after the archive': whl('wheel-extra-bytes', Buffer.concat([zip(fit), Buffer.alloc(2)])),
    'bytes before the archive': whl('wheel-extra-bytes', Buffer.concat([Buffer.alloc(10), zip(fit)])),
    'no archive': whl('wheel-unreadable', Buffer.from('<html>Not Found</html>')),
    'the end cut off': whl('wheel-unreadable', Buffer.from(zip(fit)).subarray(0, -30)),
    'an encrypted member': whl('wheel-entry-encrypted', zipWith(fit, 'demo/other.py', 'flags', 1)),
    'a member twice': whl(
      'wheel-duplicate-entry',
      zipRenamed(wheel({ 'demo/twice.py': '' }), 'demo/twice.py', 'demo/other.py'),
    ),
    'a path with ..': whl('wheel-path-unsafe', wheel({ 'demo/../../x.py': '' })),
    'an absolute path': whl('wheel-path-unsafe', wheel({ '/etc/x.py': '' })),
    'a backslash': whl('wheel-path-unsafe', wheel({ 'demo\\x.py': '' })),
    'LZMA compression': whl('wheel-compression-refused', zipWith(fit, 'demo/other.py', 'method', 14)),
    'a wrong checksum': whl('wheel-checksum-differs', zipWith(fit, 'demo/other.py', 'crc', 1)),
    'a data descriptor': whl('wheel-data-descriptor', zipWith(fit, 'demo/other.py', 'flags', 8)),
    'another name before the data': whl(
      'wheel-zip-malformed',
      zipRenamed(fit, 'demo/other.py', 'demo/o_her.py', 'local'),
    ),
    'a bomb': whl('wheel-compressed-too-much', wheel({ 'demo/zeros': '\0'.repeat(65 * 2 ** 20) })),
    'a second .dist-info': whl('wheel-dist-info-twice', wheel({ 'other-1.0.dist-info/METADATA': '' })),
  },
  tags: {
    'plain Linux': tagged('platform-tag-refused', 'cp312-cp312-linux_x86_64'),
    'an unknown processor': tagged('platform-tag-refused', 'cp312-cp312-manylinux_2_17_sparc'),
    'a macOS minor': tagged('platform-tag-refused', 'cp312-cp312-macosx_11_7_arm64'),
    'a macOS that never was': tagged('platform-tag-refused', 'cp312-cp312-macosx_16_0_arm64'),
    'a Windows name of the user': tagged('platform-tag-refused', 'cp312-cp312-win_x64'),
    'one of two refused': tagged('platform-tag-refused', 'py3-none-any.linux_x86_64'),
    'a macOS newer than the list': warned(tagged('platform-tag-refused', 'cp312-cp312-macosx_99_0_arm64')),
    'an unknown Python': warned(tagged('wheel-python-tag-unknown', 'python3-none-any')),
    'an unknown ABI': warned(tagged('wheel-python-tag-unknown', 'cp312-abi4-win_amd64')),
    'abi3 without CPython': warned(tagged('wheel-python-tag-unknown', 'py3-abi3-win_amd64')),
    'another Tag in WHEEL': tagged('wheel-tags-differ', 'py3-none-any', 'py2-none-any'),
    'an empty part': tagged('wheel-name-invalid', 'py2..py3-none-any'),
    'no platform': tagged('wheel-name-invalid', 'py3-none'),
    'a newer format': whl(
      'wheel-version-unknown',
      wheel({ [`${INFO}/WHEEL`]: 'Wheel-Version: 2.0\nTag: py3-none-any\n' }),
    ),
    'a name that is not normalized': whl(
      'filename-not-normalized',
      wheel({ 'Demo_Pkg-1.0.0.dist-info/METADATA': metadata() }, 'py3-none-any', 'Demo_Pkg-1.0.0.dist-info'),
      'Demo_Pkg-1.0.0-py3-none-any.whl',
    ),
  },
  sdist: {
    'a name that is not normalized': source(
      'filename-not-normalized',
      members('demo-pkg-1.0.0'),
      'demo-pkg-1.0.0.tar.gz',
    ),
    'a version that is not normalized': source(
      'filename-not-normalized',
      members('demo_pkg-2026.01.05', metadata().replace('1.0.0', '2026.01.05')),
      'demo_pkg-2026.01.05.tar.gz',
    ),
    'metadata in latin-1': source('metadata-not-utf8', members(TOP, Buffer.from(metadata(['Author: Zoë']), 'latin1'))),
    'another ending': source('sdist-name-invalid', members(), `${TOP}.tgz`),
    'no PKG-INFO': source('sdist-without-pkg-info', members().slice(1)),
    'several top folders': source('sdist-layout', [...members(), { name: 'other/x.py' }]),
    'another top folder': warned(source('sdist-folder-differs', members('demo-1.0.0'))),
    'a link that leads out': source('sdist-member-unsafe', [
      ...members(),
      { name: `${TOP}/x`, type: '2', link: '../../x' },
    ]),
    'a link to an absolute path': source('sdist-member-unsafe', [
      ...members(),
      { name: `${TOP}/x`, type: '2', link: '/etc/x' },
    ]),
    'a path with ..': source('sdist-member-unsafe', [...members(), { name: `${TOP}/../${TOP}/x` }]),
    'a device': source('sdist-member-unsafe', [...members(), { name: `${TOP}/x`, type: '3' }]),
    'a sparse file': source('sdist-member-sparse', [...members(), { name: `${TOP}/x`, type: 'S' }]),
    'a license that is missing': source('license-file-missing', members(TOP, metadata(['License-File: COPYING']))),
    'no pyproject.toml': warned(
      source(
        'sdist-without-pyproject',
        members().filter((each) => !each.name.endsWith('.toml')),
      ),
    ),
    'a refused field': source('classifier-invalid', members(TOP, metadata(['Classifier: Nonsense']))),
    'the end cut off': { filename: SDIST, bytes: tarGz(members()).subarray(0, -20), code: 'sdist-unreadable' },
    'a tar header that is damaged': {
      filename: SDIST,
      bytes: gzipSync(
        Buffer.concat([gunzipSync(tarGz(members())).subarray(0, 512).fill(65, 0, 3), Buffer.alloc(1024)]),
      ),
      code: 'sdist-unreadable',
    },
    'no gzip': { filename: SDIST, bytes: gunzipSync(tarGz(members())), code: 'sdist-unreadable' },
  },
}
