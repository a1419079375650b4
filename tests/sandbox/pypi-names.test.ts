import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isPlatformAllowed, parseFilename } from '@slipway/sandbox/pypi/filename'
import { normalizedName, normalizedVersion, versionKey } from '@slipway/sandbox/pypi/version'
import { succeed } from './harness.ts'

// The test uses pip's copy of the packaging library. The machine's Python may have no pip, but a new environment has.
const environment = mkdtempSync(join(tmpdir(), 'slipway-packaging-'))
afterAll(() => rmSync(environment, { recursive: true, force: true }))
beforeAll(async () => {
  await succeed(['python3', '-m', 'venv', environment])
})

/** Returns Python's result for each text; `expression` computes it from `x`, and null means an exception. */
async function python<Value>(expression: string, texts: string[]): Promise<Value[]> {
  const script = `import json
from pip._vendor.packaging.version import Version
from pip._vendor.packaging.utils import canonicalize_name, canonicalize_version, parse_wheel_filename
def of(x):
    try: return ${expression}
    except ValueError: return None
print(json.dumps([of(x) for x in json.loads(${JSON.stringify(JSON.stringify(texts))})]))`
  return JSON.parse((await succeed([join(environment, 'bin', 'python'), '-c', script])).stdout) as Value[]
}

test('versions are normalized and compared as the packaging library does', async () => {
  const numbers = ['1', '1.0', '01.2.0', '1.10.0.0', '2!1.0', '0!1']
  const pre = ['', 'a', 'a1', '-alpha.1', '.beta', '_b02', 'rc.1', 'c3', '-preview', 'pre0']
  const post = ['', '.post', '.post1', '-r4', 'rev2', '-1']
  const dev = ['', '.dev', 'dev3', '-dev.0']
  const local = ['', '+abc', '+ABC_1-x']
  const versions = numbers.flatMap((n) =>
    pre.flatMap((a) => post.flatMap((b) => dev.flatMap((c) => local.map((d) => n + a + b + c + d)))),
  )
  const odd = [
    'v1.0',
    ' 1.0 ',
    '1.0.',
    '',
    'x',
    '1.0-',
    '1.0+',
    '1.0-x',
    '1..0',
    '1.0a1b1',
    '1!',
    '1.0.post1.post2',
    '1.0-SNAPSHOT',
  ]
  const all = [...versions, ...odd]
  expect(all.map(normalizedVersion)).toEqual(await python('str(Version(x))', all))
  expect(versions.map(versionKey)).toEqual(await python('canonicalize_version(x)', versions))
})

test('names and wheel file names are read as the packaging library does', async () => {
  const names = ['A', 'a-b', 'a_b', 'a.b', 'A.-_b', 'x--y']
  expect(names.map(normalizedName)).toEqual(await python('canonicalize_name(x)', names))
  const wheels = [
    'a-1-py3-none-any',
    'a-1-2b-py3-none-any',
    'a-1-b-py3-none-any',
    'a__b-1-py3-none-any',
    'a-1-py3-none',
    'a-x-py3-none-any',
    'a-1-py3-none-any-x-y',
    'a b-1-py3-none-any',
    'a_b-1-py2.py3-none-any',
  ]
  const filenames = wheels.map((each) => `${each}.whl`)
  const theirs = await python<boolean>('bool(parse_wheel_filename(x))', filenames)
  expect(filenames.map((each) => (typeof parseFilename(each) === 'string' ? null : true))).toEqual(theirs)
})

test('platform tags', () => {
  const allowed = [
    'any',
    'win32',
    'win_amd64',
    'win_arm64',
    'manylinux1_x86_64',
    'manylinux2014_aarch64',
    'manylinux_2_17_x86_64',
    'musllinux_1_2_aarch64',
    'macosx_10_12_x86_64',
    'macosx_11_0_arm64',
    'macosx_26_0_universal2',
    'linux_armv7l',
  ]
  const refused = [
    'linux_x86_64',
    'linux_aarch64',
    'manylinux_2_17',
    'manylinux2014_riscv64',
    'macosx_11_1_arm64',
    'macosx_12_3_x86_64',
    'macosx_arm64',
    'win_x86',
    'emscripten_3_1_58_wasm32',
    '',
  ]
  expect(allowed.filter((each) => !isPlatformAllowed(each))).toEqual([])
  expect(refused.filter(isPlatformAllowed)).toEqual([])
})
