import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { succeed } from './harness.ts'

/** Files of well-known projects, by name and hash: all kinds of tags, processors and ways to be native, and six build backends. */
export const REAL: [filename: string, sha256: string][] = [
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
  ['bcrypt-5.0.0-cp39-abi3-win_arm64.whl', 'f2347d3534e76bf50bca5500989d6c1d05ed64b440408057a37673282c654927'],
  [
    'bcrypt-5.0.0-cp39-abi3-manylinux_2_34_x86_64.whl',
    '611f0a17aa4a25a69362dcc299fda5c8a3d4f160e2abb3831041feb77393a14a',
  ],
  [
    'orjson-3.13.0-cp314-cp314-manylinux2014_armv7l.manylinux_2_17_armv7l.whl',
    '6c8bfe728b81b0fd58a3c7f3f9c5a113f87f2992c9948e0f28707aafd737c0bc',
  ],
  [
    'orjson-3.13.0-cp314-cp314-manylinux2014_i686.manylinux_2_17_i686.whl',
    'e8e05549f3b30f9d8a8e28c5aba11cc2a4b90b90961ec685ca58444b0815fc09',
  ],
  ['orjson-3.13.0-cp314-cp314-win_amd64.whl', '6adcaa85d79977659a448b4123a88eb33511a11ed2db243535ad7ea88a6668e0'],
  [
    'orjson-3.13.0-cp314-cp314-macosx_10_15_x86_64.macosx_11_0_arm64.macosx_10_15_universal2.whl',
    'a7bfc7db961c7d96cb75889dc6a1e4ae1e91d87ee61da564f582bd742b8dfeef',
  ],
  [
    'pydantic_core-2.50.5-cp314-cp314-manylinux2014_s390x.manylinux_2_17_s390x.whl',
    'e0a7ae307b4e1eff195cd23a757da07f70a115e45175039caf5f3979a20c7edb',
  ],
  [
    'pydantic_core-2.50.5-cp314-cp314-manylinux2014_ppc64le.manylinux_2_17_ppc64le.whl',
    'feb8c87dbc4684777ddafbf37c922d9e2748272ba61e362ebf85db73ebda6234',
  ],
  [
    'pydantic_core-2.50.5-cp314-cp314-manylinux_2_31_riscv64.whl',
    '4ae5c9f84dfa43643d10328a212f709c7602c5e70df376d217ae5770d374ccd9',
  ],
  ['pydantic_core-2.50.5-cp314-cp314-win32.whl', '1deb966176b1b66be4281c83f10a0b6b1cecedeb25f53ee894bf27b22376facd'],
  [
    'pydantic_core-2.50.5-pp311-pypy311_pp73-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    '0dd037d96e98f6db8b69a44ab7d5c20a07fb0a2051775746a9e1b5fc8f52867f',
  ],
  [
    'pydantic_core-2.50.5-cp314-cp314-macosx_10_12_x86_64.whl',
    '00598ae680c6e4a17cda01910e49c0da8ce15610505e6c57cec3f15d83daef88',
  ],
  ['rpds_py-2026.9.1-cp314-cp314t-win_amd64.whl', '1e8d4d79d828299bf44a55db22a9388ab967b49d17132c88eab0f4360b48da8e'],
  [
    'rpds_py-2026.9.1-cp314-cp314-musllinux_1_2_i686.whl',
    '96beca19ec79de272e8668585380ff9092c47077c1d7a1e098e00bbd921f4785',
  ],
  [
    'rpds_py-2026.9.1-cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    '0da298fb372dc192610a4b9ecbc68a0cd8b675bbbd1fc519d01b41cfd658333e',
  ],
  [
    'safetensors-0.8.0-cp310-abi3-macosx_11_0_arm64.whl',
    'c80201d22cbf405b80647a60ada77bba06c8fba2da2743ba1e89cdcc39a81f25',
  ],
  [
    'safetensors-0.8.0-cp310-abi3-manylinux_2_17_s390x.manylinux2014_s390x.whl',
    '040070828e36dc8e122178bbbd5830ff9e97920affb84cbe0f46442497bed358',
  ],
  ['greenlet-3.5.6-cp313-cp313-win_amd64.whl', '5b602b4201b965a8354d74e232364a66ff243dd142e350d035f46169bb36e13d'],
  [
    'greenlet-3.5.6-cp313-cp313-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl',
    'f98e8215e172f567ce80eeaed9107fb4d32b6c44f26983d9b8334658136a205a',
  ],
  [
    'pyzmq-27.3.0-cp312-abi3-macosx_10_15_universal2.whl',
    '15155fd8f308d3bd47f67a8f6cc809f9db90abbf63c514c384a17622e2cf080f',
  ],
  [
    'pyzmq-27.3.0-cp312-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl',
    '858fe25231e0fd8612da142efde019faa5ef63fa150a821a27870e791b38c798',
  ],
  [
    'psycopg_binary-3.3.9-cp313-cp313-musllinux_1_2_x86_64.whl',
    '14666a85aa330058929e4abedd940f754f0e5589efae6366d95c513288856fb5',
  ],
  [
    'psycopg_binary-3.3.9-cp313-cp313-win_amd64.whl',
    '417c3fe0ac2079a82a8c72ba214a65c66c22036a5d2d8c24c77c5708a58938b9',
  ],
  ['pillow-13.0.0-cp314-cp314-win_amd64.whl', 'f7cbb7a64e7ec664775195e4f81923bc8a93d9451b963f844e59118f63147a7a'],
  ['lxml-6.1.3-cp314-cp314-win_amd64.whl', '66299564c046bc7e0cc5de5106601eae907e9fa5904cd68a323380a8502f7861'],
  ['tokenizers-0.23.3-cp310-abi3-win_amd64.whl', '1f0823bb00c5fdc98e487354d54dd55a03848d61a1a0bf29a68c77f24f3b26c3'],
  [
    'ruff-0.17.6-py3-none-musllinux_1_2_aarch64.whl',
    'fb589e032806bb942e4fb526f30b80a1a64112147ed9f1d38cc3de2e255b6f45',
  ],
  ['maturin-1.16.0-py3-none-win_arm64.whl', '95f34ce53249fb7095ff4f2aff64d2562c511d6edf3e216c15dbffcd82b72b4f'],
  [
    'maturin-1.16.0-py3-none-macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64.whl',
    '131fcc17ddb3ccc48aa183d2172ebf994c322b858e1b9694fb8744d783df66f6',
  ],
  [
    'uv-0.13.9-py3-none-manylinux_2_17_armv7l.manylinux2014_armv7l.whl',
    '16963d19594e18d746a70c7fce82237bde4f2cac4cfcf0ca2b84796fe9d0c6e9',
  ],
  ['numpy-2.5.5-cp314-cp314-win_arm64.whl', '2abd39cfbb3d2af11e9bc8cc92b08cd089b0975fe9b1a30c8b7c740c67d397ce'],
  ['cffi-2.1.1-cp313-cp313-macosx_11_0_arm64.whl', '19ee6127ee34de7d83ce3d371ebc5ed91addbdcc39f9ab15ce4eb35a4e534971'],
  ['tornado-6.6.1-cp311-abi3-win_amd64.whl', '5cb82ca38596e1350fceaf994f287847f82f7b8436380d36ba0937a03107d0ee'],
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

/** Returns the options that make pip choose a file, on any machine. */
function choosing(filename: string): string[] {
  const wheel = parseWheelFilename(filename)
  if (!wheel) return ['--no-binary', ':all:']
  const [, interpreter, minor] = /^(cp|pp)3(\d+)$/.exec(wheel.pythonTags[0] ?? '') ?? [null, 'cp', '14']
  const abis = wheel.abiTags.flatMap((each) => ['--abi', each])
  const platforms = wheel.platformTags.flatMap((each) => ['--platform', each])
  return [
    '--only-binary',
    ':all:',
    '--implementation',
    `${interpreter}`,
    '--python-version',
    `3.${minor}`,
    ...abis,
    ...platforms,
  ]
}

/** Returns the path of a file, which pip downloads once per checkout and checks by its hash. @param pip the program */
export async function downloaded(pip: string, filename: string, sha256: string): Promise<string> {
  const path = join(folder, filename)
  const isThere = () => existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === sha256
  if (isThere()) return path
  const { distribution = '', version = '' } = parseWheelFilename(filename) ?? parseSdistFilename(filename) ?? {}
  mkdirSync(folder, { recursive: true })
  const list = join(folder, `${filename}.txt`)
  writeFileSync(list, `${distribution}==${version} --hash=sha256:${sha256}\n`)
  await succeed([pip, 'download', '-q', '--no-deps', '-d', folder, ...choosing(filename), '-r', list])
  if (!isThere()) throw new Error(`pip has not downloaded ${filename}`)
  return path
}
