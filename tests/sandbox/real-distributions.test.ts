import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { succeed } from './harness.ts'
import { pythonClients } from './python-clients.ts'

/** Files of well-known projects, by name and hash: all kinds of tags, and six build backends. */
const REAL: [filename: string, sha256: string][] = [
  ['attrs-26.1.0-py3-none-any.whl', 'c647aa4a12dfbad9333ca4e71fe62ddc36f4e63b2d260a37a8b83d2f043ac309'],
  [
    'bcrypt-5.0.0-cp39-abi3-musllinux_1_2_x86_64.whl',
    '61afc381250c3182d9078551e3ac3a41da14154fbff647ddf52a769f588c4172',
  ],
  ['certifi-2026.10.19.post1-py3-none-any.whl', '1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2'],
  [
    'cffi-2.1.1-cp314-cp314t-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    '51b31d1c98274844cfd7838ce00bfc27c7423a4dc00fc0772fc3331c2cc90676',
  ],
  ['click-8.5.1-py3-none-any.whl', '8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37'],
  [
    'cryptography-48.0.1-cp311-abi3-macosx_10_9_universal2.whl',
    '3e4a1a3232eef2e6c732827d5722db29a0cc8b27af2a4d865b094cf954be9ca1',
  ],
  [
    'cryptography-50.0.2-cp315-abi3.abi3t-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'f2f9bd7f90c64fe89253f0a2c05e3c4856072660429ce8831b4235bf29403a67',
  ],
  ['flask-3.1.3-py3-none-any.whl', 'f4bcbefc124291925f1a26446da31a5178f9483862233b23c0c96a20701f670c'],
  ['jinja2-3.1.6-py3-none-any.whl', '85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67'],
  [
    'markupsafe-3.0.4-cp314-cp314-musllinux_1_2_aarch64.whl',
    '8965520ac587c94a4ac48b729be3d8b8de00af39699b17585dfb599babe77977',
  ],
  ['markupsafe-3.0.4-cp314-cp314t-win_amd64.whl', 'a18f38cafc329bac5e3c2b96c765b4c96d3d103421ed22ab7988c1e3fce27464'],
  [
    'nh3-0.3.8-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    '3e97326a8c7b537b5583aad483f249d7c8d0398fbf7b61a995fc508ffdc0d2ee',
  ],
  [
    'orjson-3.13.0-cp314-cp314-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
    'c749ab3ac30b5ab1ffb7677f8b92eacfdfdc5260210baa398f845bc3714c05d8',
  ],
  ['packaging-26.4-py3-none-any.whl', '81383611a09c1bc0b08b76e0fd5829d7c6824c65b27a6aee339da133f4233ea2'],
  ['pluggy-1.7.0-py3-none-any.whl', '7dd7b0d8832ba3cb632c306926ded123429211b83641b35dc5c41ad2d34f9bec'],
  ['psutil-7.2.2-cp36-abi3-macosx_11_0_arm64.whl', '1a7b04c10f32cc88ab39cbf606e117fd74721c831c98a27dc04578deb0c16979'],
  [
    'pydantic_core-2.50.5-cp314-cp314-win_arm64.whl',
    'e7dd59f498ef42077f22db607571249db41997227018cb84644ba0059f8b5719',
  ],
  [
    'pynacl-1.6.2-cp38-abi3-macosx_10_10_universal2.whl',
    'c949ea47e4206af7c8f604b8278093b674f7c79ed0d4719cc836902bf4517465',
  ],
  ['python_dateutil-4.0.0-py3-none-any.whl', 'a5e246f79eb80475e691bf93862cead98decd8a498cf53ba0516fcdc0f50dc1c'],
  ['requests-2.34.2-py3-none-any.whl', '2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0'],
  [
    'rpds_py-2026.9.1-cp314-cp314t-musllinux_1_2_x86_64.whl',
    '0f045bb053c9057720d72c56dffe30dffdc05997b2897a827b9325f0ab6623fa',
  ],
  ['six-1.17.0-py2.py3-none-any.whl', '4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274'],
  [
    'tomli-2.5.0-cp314-cp314t-macosx_11_0_arm64.whl',
    'e12bbcd32897272fb05929110362ae9ff4c1b9bb26bd9e971e71dcd3275b4c3d',
  ],
  ['typing_extensions-4.16.0-py3-none-any.whl', '481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8'],
  [
    'watchfiles-1.3.0-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'b5768b49e426fd5b550b012c866db347cdf15c398ef98dc557b6e6b72fa74cd1',
  ],
  ['wheel-0.48.0-py3-none-any.whl', '3217dcc807155e45db462d7ef2431f5ddda0d7273b700d05a67b271ceb1287ab'],
  [
    'wrapt-2.5.2-cp314-cp314-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl',
    '59b7e6d1dea7c3f38bab21954f587499c27c16ea537058eee4add6e4da1780ea',
  ],
  ['certifi-2026.10.18.tar.gz', 'b9995d97b64d0431a5af837d8ca8cd6238104d1f319f04bd93ea43124d6c861e'],
  ['click-8.5.1.tar.gz', '9bbfada76703fd1d784b83eea012e3e8c6a001a876543ef104fa56aaaeb072b4'],
  ['flask-3.1.3.tar.gz', '0ef0e52b8a9cd932855379197dd8f94047b359ca0a78695144304cb45f87c9eb'],
  ['idna-3.20.tar.gz', 'a7db850025b95ded1eae8a46181a1a6c56c92c96f0e2b005d9ff8dc0210cab44'],
  ['iniconfig-2.3.1.tar.gz', '67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960'],
  ['jinja2-3.1.6.tar.gz', '0137fb05990d35f1275a587e9aee6d56da821fc83491a0fb838183be43f66d6d'],
  ['packaging-26.4.tar.gz', 'c4b671c41ddb9bf26e543c37723610d28fb6bf7affc4da17cf048d419d2c062a'],
  ['pluggy-1.7.0.tar.gz', 'd1eaa46ebb595891b860ab086b4d09c8588af65ebd4361b8e8f4bb8920b90ba8'],
  ['requests-2.34.2.tar.gz', 'f288924cae4e29463698d6d60bc6a4da69c89185ad1e0bcc4104f584e960b9ed'],
  ['tomli_w-1.2.0.tar.gz', '2dd14fac5a47c27be9cd4c976af5a12d87fb1f0b4512f81d69cce3b35ae25021'],
  ['typing_extensions-4.16.0.tar.gz', 'dc983d19a509c94dba722ee6abd33940f7c05a89e243c47e907eb4db6f1a43e5'],
  ['urllib3-2.8.0.tar.gz', '63bf2ead4c879426ebf22ef2a781eeb4aa3b4ae798a0435506f8687fd5bb9b63'],
]

const folder = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests/distributions', import.meta.url))
const { tool, install } = pythonClients('real-distributions', 'pip')
beforeAll(install)

/** Returns the options that make pip choose a file, on any machine. */
function choosing(filename: string): string[] {
  const wheel = parseWheelFilename(filename)
  if (!wheel) return ['--no-binary', ':all:']
  const minor = /^cp3(\d+)$/.exec(wheel.pythonTags[0] ?? '')?.[1] ?? '14'
  const abis = wheel.abiTags.flatMap((each) => ['--abi', each])
  const platforms = wheel.platformTags.flatMap((each) => ['--platform', each])
  return ['--only-binary', ':all:', '--python-version', `3.${minor}`, ...abis, ...platforms]
}

/** Returns the path of a file, which pip downloads once per checkout and checks by its hash. */
async function downloaded(filename: string, sha256: string): Promise<string> {
  const path = join(folder, filename)
  const isThere = () => existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === sha256
  if (isThere()) return path
  const { distribution = '', version = '' } = parseWheelFilename(filename) ?? parseSdistFilename(filename) ?? {}
  mkdirSync(folder, { recursive: true })
  const list = join(folder, `${filename}.txt`)
  writeFileSync(list, `${distribution}==${version} --hash=sha256:${sha256}\n`)
  await succeed([tool('pip'), 'download', '-q', '--no-deps', '-d', folder, ...choosing(filename), '-r', list])
  if (!isThere()) throw new Error(`pip has not downloaded ${filename}`)
  return path
}

test.each(REAL)('%s has no problems', async (filename, sha256) => {
  const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist'
  const artifact = await describeFile(kind, '', '', await downloaded(filename, sha256))
  expect(await inspectArtifacts([artifact], null)).toEqual([])
})
