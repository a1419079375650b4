import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { addToManifest } from '@slipway/artifacts/manifest'
import { manifestOf } from '@slipway/core/artifact'
import { descriptionFile } from '@slipway/sandbox/description'
import { type Tested, temporaryFolder, tested, write } from '../sandbox/harness.ts'
import { sdist, WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction, type Step, unescaped } from './action.ts'
import { put, SDIST_NAME, wheel } from './distributions.ts'
import { commit, repository, WORKSPACE } from './project.ts'
import { commitOf } from './push-image.ts'

const PYPROJECT = (version: string) =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "${version}"\n`

const versioned = (version: string): Record<string, string> => ({
  'Cargo.toml': (WORKSPACE['Cargo.toml'] as string).replace('1.2.0', version),
  'app/Cargo.toml': (WORKSPACE['app/Cargo.toml'] as string).replace('1.2.0', version),
  'CHANGELOG.md': (WORKSPACE['CHANGELOG.md'] as string).replace('1.2.0', version),
  'py/pyproject.toml': PYPROJECT(version),
  'py/demo_py/__init__.py': '',
})

/** A project at version 1.0.0 with its built files and their manifest. */
async function built(): Promise<string> {
  const cwd = await repository({ ...WORKSPACE, ...versioned('1.0.0') })
  const dist = join(cwd, 'dist')
  write(cwd, { 'dist/.keep': '' })
  put(dist, WHEEL_NAME, wheel())
  put(dist, SDIST_NAME, sdist())
  const artifacts = [
    await describeFile('wheel', 'demo.py', '1.0.0', join(dist, WHEEL_NAME)),
    await describeFile('sdist', 'demo.py', '1.0.0', join(dist, SDIST_NAME)),
  ]
  const release = {
    version: '1.0.0',
    pythonVersion: '1.0.0',
    tag: 'v1.0.0',
    commit: await commitOf(cwd),
    prerelease: false,
  }
  const manifest = manifestOf(release, artifacts)
  await addToManifest(dist, manifest)
  return cwd
}

/** What each action is given to publish, or to look, with the logins of a sandbox. */
const ACTIONS: Record<string, (sandbox: Tested) => Record<string, string>> = {
  'publish-pypi': ({ pypi }) => ({ 'pypi-token': pypi.token, 'missing-wheels': 'ignore' }),
  'publish-crate': ({ cargo }) => ({ 'crates-token': cargo.token }),
  'create-release': ({ github }) => ({
    'github-token': github.token,
    files: 'dist/*',
    'missing-wheels': 'ignore',
  }),
  preflight: ({ cargo, pypi, github }) => ({
    'crates-token': cargo.token,
    'pypi-token': pypi.token,
    'github-token': github.token,
  }),
}

function act(sandbox: Tested, cwd: string, name: string): Promise<Step> {
  const inputs = (ACTIONS[name] as (typeof ACTIONS)[string])(sandbox)
  const env = { SLIPWAY_SANDBOX: descriptionFile(sandbox.dir), DOCKER_CONFIG: temporaryFolder() }
  return runAction(name, { manifest: 'dist/manifest.json', ...inputs }, { cwd, env })
}

const titles = (step: Step) => {
  return step.annotations.filter((each) => each.name === 'error').map((each) => each.properties.title)
}
const writes = async (sandbox: Tested) => (await sandbox.steer.log()).filter((each) => each.effect !== null)

describe.each(Object.keys(ACTIONS))('%s with a manifest', (name) => {
  test('of another version stops, and nothing is sent', async () => {
    const [sandbox, cwd] = [await tested(), await built()]
    await commit(cwd, versioned('1.1.0'))
    const step = await act(sandbox, cwd, name)
    expect([step.code, titles(step), step.outputs.receipts]).toEqual([1, ['manifest-of-other-release'], undefined])
    expect(unescaped(step.summary)).toMatch(/1\.0\.0 at [0-9a-f]{12}, but this is 1\.1\.0 at [0-9a-f]{12}/)
    expect(await writes(sandbox)).toEqual([])
  })

  test('of another commit of this version stops, and nothing is sent', async () => {
    const [sandbox, cwd] = [await tested(), await built()]
    await commit(cwd, { 'core/src/lib.rs': 'pub fn two() -> u32 { 1 + 1 }\n' })
    const step = await act(sandbox, cwd, name)
    expect([step.code, titles(step)]).toEqual([1, ['manifest-of-other-release']])
    expect(await writes(sandbox)).toEqual([])
  })
})

test('the manifest of this release is no hindrance', async () => {
  const [sandbox, cwd] = [await tested(), await built()]
  const step = await act(sandbox, cwd, 'publish-pypi')
  expect([step.code, titles(step)]).toEqual([0, []])
  expect((await writes(sandbox)).length).toBe(2)
})
