import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { needs } from '../tools.ts'
import { makeWheel, run, succeed, type Tested, temporaryFolder, tested } from './harness.ts'
import { pythonClients } from './python-clients.ts'
import { withTls } from './tls.ts'
import { idToken, mint, workflow } from './trusted.ts'

const { tool, install } = pythonClients('python-clients', 'twine', 'uv')
beforeAll(install)

const made = { name: 'slipway-probe', version: '0.1.0', metadata: ['Requires-Python: >=3.8'] }
const files = { 'slipway_probe/__init__.py': '__version__ = "0.1.0"\n' }
const first = makeWheel({ ...made, files })
const other = makeWheel({ ...made, files: { ...files, 'slipway_probe/more.py': '' } })

/** Writes a wheel into a separate folder; returns its path. */
function onDisk({ filename, bytes }: { filename: string; bytes: Uint8Array }): string {
  const path = join(temporaryFolder(), filename)
  writeFileSync(path, bytes)
  return path
}

/**
 * Installs the project from an index into a folder with pip, and returns the version that Python imports from there.
 */
async function installed(sandbox: Tested): Promise<string> {
  const target = temporaryFolder()
  await succeed(
    [tool('pip'), 'install', '--no-cache-dir', '--index-url', sandbox.pypi.simple, '--target', target, made.name],
    {
      // Only the sandbox's index may provide it.
      env: { PIP_FIND_LINKS: undefined, PIP_CONFIG_FILE: '/dev/null' },
    },
  )
  const script = 'import slipway_probe; print(slipway_probe.__version__)'
  return (await succeed(['python3', '-c', script], { cwd: target })).stdout.trim()
}

test('twine uploads a file twice, other bytes are refused, and pip installs it', async () => {
  const sandbox = await tested()
  const env = {
    TWINE_USERNAME: '__token__',
    TWINE_PASSWORD: sandbox.pypi.token,
    TWINE_REPOSITORY_URL: sandbox.pypi.upload,
  }
  const twine = (file: string, more: Record<string, string> = {}) =>
    run([tool('twine'), 'upload', '--non-interactive', '--disable-progress-bar', file], { env: { ...env, ...more } })
  const denied = await twine(onDisk(first), { TWINE_PASSWORD: 'wrong' })
  expect([denied.code, denied.stdout + denied.stderr]).toEqual([1, expect.stringContaining('403')])
  expect((await twine(onDisk(first))).code).toBe(0)
  expect((await twine(onDisk(first))).code).toBe(0)
  const refused = await twine(onDisk(other))
  expect([refused.code, (refused.stdout + refused.stderr).replace(/\s+/g, ' ')]).toEqual([
    1,
    expect.stringContaining('File already exists'),
  ])
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])).toEqual([`file ${first.filename} uploaded`])
  expect(await installed(sandbox)).toBe('0.1.0')
})

test('uv uploads a file twice, other bytes are refused, and uv installs it', async () => {
  const sandbox = await tested()
  const cache = join(temporaryFolder(), 'uv')
  mkdirSync(cache)
  const env = { UV_PUBLISH_TOKEN: sandbox.pypi.token, UV_CACHE_DIR: cache, UV_NO_CONFIG: '1', UV_FIND_LINKS: undefined }
  const uv = (file: string) => run([tool('uv'), 'publish', '--publish-url', sandbox.pypi.upload, file], { env })
  expect(await uv(onDisk(first))).toMatchObject({ code: 0 })
  expect(await uv(onDisk(first))).toMatchObject({ code: 0 })
  const refused = await uv(onDisk(other))
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('File already exists')])
  const target = temporaryFolder()
  const install = [tool('uv'), 'pip', 'install', '--default-index', sandbox.pypi.simple, '--target', target, made.name]
  await succeed(install, { env })
  expect(existsSync(join(target, 'slipway_probe/__init__.py'))).toBe(true)
})

test('twine uploads with a minted token, and shows the reason for a refusal', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [{ project: made.name, ...workflow }])
  const twine = async () => {
    const { token } = await mint(sandbox, await idToken(sandbox, 'pypi'))
    const env = { TWINE_USERNAME: '__token__', TWINE_PASSWORD: token, TWINE_REPOSITORY_URL: sandbox.pypi.upload }
    const ended = await run([tool('twine'), 'upload', '--non-interactive', '--verbose', onDisk(first)], { env })
    return { code: ended.code, output: (ended.stdout + ended.stderr).replace(/\s+/g, ' ') }
  }
  await sandbox.steer.setTokenLifetime('pypi', 0)
  expect(await twine()).toEqual({ code: 1, output: expect.stringContaining('Invalid API Token: token is expired') })
  await sandbox.steer.setTokenLifetime('pypi', 900_000)
  expect(await twine()).toMatchObject({ code: 0 })
})

needs('openssl')(
  'uv publishes a new project by trusted publishing, once a pending publisher is registered',
  async () => {
    const sandbox = await tested()
    const { origin, certificate } = await withTls(sandbox.pypi.upload)
    const cache = join(temporaryFolder(), 'uv')
    mkdirSync(cache)
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: sandbox.oidc.request,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: sandbox.oidc.token,
      GITHUB_ACTIONS: 'true',
      SSL_CERT_FILE: certificate,
      UV_CACHE_DIR: cache,
      UV_NO_CONFIG: '1',
    }
    const uv = () => {
      const publish = [tool('uv'), 'publish', '--trusted-publishing', 'always', '--publish-url', `${origin}/legacy/`]
      return run([...publish, onDisk(first)], { env })
    }
    const refused = await uv()
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('no corresponding publisher')])
    await sandbox.steer.setPypiPublishers('pypi', [{ project: made.name, ...workflow, pending: true }])
    expect(await uv()).toMatchObject({ code: 0 })
    expect(await installed(sandbox)).toBe('0.1.0')
  },
)
