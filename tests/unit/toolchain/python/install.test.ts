import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cacheDir, toolCache } from '@slipway/toolchain/cache'
import { pythonCandidates } from '@slipway/toolchain/python/candidates'
import { setupCommand, setupVariables, unpackCommand } from '@slipway/toolchain/python/install'
import {
  buildOf,
  describeMachine,
  lowestAllowed,
  type ManifestVersion,
  pythonMachine,
} from '@slipway/toolchain/python/manifest'
import { parsePythonRequests } from '@slipway/toolchain/python/request'

const file = (arch: string, platform: string, platform_version?: string) => ({
  arch,
  platform,
  ...(platform_version !== undefined && { platform_version }),
  download_url: `http://example.invalid/${[arch, platform, platform_version].join('-')}`,
})
const files = [
  file('x64', 'linux', '22.04'),
  file('x64', 'linux', '24.04'),
  file('x64-freethreaded', 'linux', '24.04'),
  file('x64', 'rhel', '9'),
  file('arm64', 'darwin'),
  file('arm64-freethreaded', 'darwin'),
  file('x64', 'win32'),
  file('arm64', 'win32'),
  file('x86', 'win32'),
]
const version = (name: string, stable = true): ManifestVersion => ({ version: name, stable, files })
/** As the published list: newest first, with prereleases. */
const manifest = [
  version('3.15.0-rc.1', false),
  version('3.14.2'),
  version('3.14.10'),
  version('3.13.9'),
  version('3.9.25'),
]

const ubuntu = { platform: 'linux', arch: 'x64', version: '24.04' }

test('the newest build of a version is chosen for the machine', () => {
  expect(buildOf(manifest, ubuntu, '3.14')).toEqual({
    version: '3.14.10',
    arch: 'x64',
    url: 'http://example.invalid/x64-linux-24.04',
  })
  expect(buildOf(manifest, ubuntu, '3.14.2')?.version).toBe('3.14.2')
  expect(buildOf(manifest, ubuntu, '3.13t')).toEqual({
    version: '3.13.9',
    arch: 'x64-freethreaded',
    url: 'http://example.invalid/x64-freethreaded-linux-24.04',
  })
  expect(buildOf(manifest, { ...ubuntu, version: '22.04' }, '3.14t')).toBe(null)
  expect(buildOf(manifest, ubuntu, '3.15')).toBe(null)
  expect(buildOf(manifest, ubuntu, '3.1')).toBe(null)
  // Debian is neither.
  expect(buildOf(manifest, { ...ubuntu, version: '' }, '3.14')).toBe(null)
  const url = (platform: string, arch: string, request: string) =>
    buildOf(manifest, { platform, arch, version: '' }, request)?.url
  expect(url('darwin', 'arm64', '3.14t')).toBe('http://example.invalid/arm64-freethreaded-darwin-')
  expect(url('win32', 'x64', '3.14')).toBe('http://example.invalid/x64-win32-')
  expect(url('win32', 'arm64', '3.14')).toBe('http://example.invalid/arm64-win32-')
  expect(url('darwin', 'x64', '3.14')).toBe(undefined)
})

test('the newest release of the lowest allowed minor version is chosen', () => {
  const allows = (lowest: number) => (each: string) => Number(each.split('.')[1]) >= lowest
  expect(lowestAllowed(manifest, ubuntu, allows(10))?.version).toBe('3.13.9')
  expect(lowestAllowed(manifest, ubuntu, allows(14))?.version).toBe('3.14.10')
  expect(lowestAllowed(manifest, ubuntu, allows(15))).toBe(null)
})

test('machines are described as the list of Pythons does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-os-'))
  const on = async (text: string, arch = 'x64') => {
    await writeFile(join(folder, 'os-release'), text)
    return pythonMachine('linux', arch, join(folder, 'os-release'))
  }
  expect(await on('NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')).toEqual(ubuntu)
  expect(await on('ID="rhel"\nVERSION_ID="9.4"\n', 'arm64')).toEqual({ platform: 'rhel', arch: 'arm64', version: '9' })
  const debian = await on('ID=debian\nVERSION_ID="12"\n')
  expect([debian.version, describeMachine(debian)]).toEqual(['', 'linux (not Ubuntu) x64'])
  expect(await pythonMachine('darwin', 'arm64')).toEqual({ platform: 'darwin', arch: 'arm64', version: '' })
  expect(await pythonMachine('win32', 'ia32')).toEqual({ platform: 'win32', arch: 'x86', version: '' })
})

test('each system unpacks and installs with its own tools', () => {
  const env = { RUNNER_TOOL_CACHE: '/cache', GITHUB_ENV: '/file', PYPI_TOKEN: 'secret', SystemRoot: 'D:\\W' }
  expect(unpackCommand(env, 'linux', '/a.tar.gz', '/into')).toEqual(['tar', '-xf', '/a.tar.gz', '-C', '/into'])
  expect(unpackCommand(env, 'win32', 'a.zip', 'into')[0]).toMatch(/^D:\\W.System32.tar\.exe$/)
  expect([setupCommand('linux'), setupCommand('darwin')]).toEqual([
    ['bash', './setup.sh'],
    ['bash', './setup.sh'],
  ])
  expect(setupCommand('win32')).toEqual([
    'powershell',
    '-NoProfile',
    '-ExecutionPolicy',
    'Bypass',
    '-File',
    './setup.ps1',
  ])
  expect(setupVariables(env, 'linux', '/unpacked')).toEqual({
    AGENT_TOOLSDIRECTORY: '/cache',
    RUNNER_TOOL_CACHE: '/cache',
    LD_LIBRARY_PATH: join('/unpacked', 'lib'),
    GITHUB_ENV: undefined,
    PYPI_TOKEN: undefined,
  })
  expect(setupVariables(env, 'win32', 'unpacked')).not.toHaveProperty('LD_LIBRARY_PATH')
})

test('Pythons of the tool cache are found on every system once they are complete', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'slipway-tools-'))
  for (const each of ['3.13.9/x64', '3.13.9/x86', '3.14.2/x64-freethreaded', '3.12.1/x64'])
    await mkdir(join(cache, 'Python', each), { recursive: true })
  for (const each of ['3.13.9/x64', '3.13.9/x86', '3.14.2/x64-freethreaded'])
    await writeFile(join(cache, 'Python', `${each}.complete`), '')
  const env = { RUNNER_TOOL_CACHE: cache, HOME: '/nowhere', PATH: '', pythonLocation: join(cache, 'chosen') }
  const at = (platform: NodeJS.Platform) => pythonCandidates(env, platform, 'x64')
  const below = (...ends: string[]) => ends.map((each) => join(cache, each))
  expect((await at('win32')).sort()).toEqual(
    below('Python/3.13.9/x64/python.exe', 'Python/3.14.2/x64-freethreaded/python.exe', 'chosen/python.exe'),
  )
  expect((await at('darwin')).sort()).toEqual(
    below('Python/3.13.9/x64/bin/python3', 'Python/3.14.2/x64-freethreaded/bin/python3', 'chosen/bin/python3'),
  )
  const release = { ...env, GITHUB_REF_TYPE: 'tag', RUNNER_ENVIRONMENT: 'self-hosted', RUNNER_TEMP: '/nowhere' }
  expect(await pythonCandidates(release, 'linux')).toEqual(below('chosen/bin/python3'))
})

test('a release on a self-hosted runner has its own folder for tools', () => {
  const env = { RUNNER_TOOL_CACHE: '/cache', RUNNER_TEMP: '/temp', HOME: '/h' }
  const release = { ...env, GITHUB_REF_TYPE: 'tag', RUNNER_ENVIRONMENT: 'self-hosted' }
  expect([cacheDir(env), toolCache(env)]).toEqual([join('/cache', 'slipway'), '/cache'])
  expect([cacheDir(release), toolCache(release)]).toEqual([
    join('/temp', 'slipway-tools'),
    join('/temp', 'slipway-tools'),
  ])
  expect(cacheDir({ ...release, SLIPWAY_CACHE_DIR: '/own' })).toBe(join('/temp', 'slipway-tools'))
  expect(cacheDir({ ...release, SLIPWAY_CACHE_DIR: '/own', SLIPWAY_SANDBOX: '/sandbox.json' })).toBe('/own')
  const byEvent = { ...env, GITHUB_EVENT_NAME: 'release', RUNNER_ENVIRONMENT: 'self-hosted' }
  expect(toolCache(byEvent)).toBe(join('/temp', 'slipway-tools'))
  expect(toolCache({ ...release, RUNNER_ENVIRONMENT: 'github-hosted' })).toBe('/cache')
  expect(toolCache({ HOME: '/h' }, 'darwin')).toBe(join('/h', 'Library', 'Caches', 'slipway'))
})

test('requested versions are of CPython or PyPy, each once', () => {
  const words = ['3.12', '3.12.4', '3.14t', 'pypy3.11']
  expect(parsePythonRequests([...words, '3.12'])).toEqual(words)
  for (const word of [
    '3.7',
    '2.7',
    '3.1',
    '3',
    '3.12t',
    '>=3.9',
    'pypy',
    'pypy3.7',
    'pypy3.10t',
    '3.13-t',
    '-3.12',
    '3.14tt',
  ]) {
    expect(() => parsePythonRequests(['3.12', word])).toThrow(JSON.stringify(word))
  }
})

test('programs on PATH are found by their names, also of free-threaded Pythons', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'slipway-bin-'))
  const names = [
    'python3',
    'python3.13',
    'python3.13t',
    'python',
    'python2',
    'python3-config',
    'python.exe',
    'python3.14t.exe',
    'pythonw.exe',
  ]
  for (const each of names) await writeFile(join(bin, each), '')
  const found = async (platform: NodeJS.Platform) =>
    pythonCandidates({ PATH: bin, HOME: '/nowhere', RUNNER_TOOL_CACHE: '/nowhere' }, platform, 'x64')
  expect(await found('linux')).toEqual(['python3', 'python3.13', 'python3.13t'].map((each) => join(bin, each)))
  expect(await found('win32')).toEqual(['python.exe', 'python3.14t.exe'].map((each) => join(bin, each)))
})
