import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction } from './action.ts'
import { GOOD, put, SDIST_NAME, wheel } from './distributions.ts'
import { repository } from './project.ts'
import { commitOf } from './push-image.ts'
import { publishedAttested } from './trusted.ts'

const PROJECT = {
  '.gitignore': 'dist/\nwheelhouse/\n',
  'CHANGELOG.md': '# Changelog\n\n## [1.0.0] - 2025-01-02\n\n- New.\n',
  'pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "1.0.0"\n',
  'slipway.toml': 'prebuilt = ["wheelhouse/demo_py-*.whl", "wheelhouse/demo_py-*.tar.gz"]\n',
}

test('a rebuilt release without its draft is assembled with the files that PyPI has of it', async () => {
  const cwd = await repository(PROJECT)
  const { dir, github } = await publishedAttested(await commitOf(cwd))
  put(cwd, `wheelhouse/${WHEEL_NAME}`, wheel({ 'demo/__init__.py': 'rebuilt = True\n' }))
  put(cwd, `wheelhouse/${SDIST_NAME}`, GOOD[SDIST_NAME] as Uint8Array)
  const env = { SLIPWAY_SANDBOX: join(dir, 'sandbox.json'), GITHUB_API_URL: github.api }
  const released = async (adopt: string) => {
    const { code, annotations } = await runAction('assemble', { adopt, upload: 'false' }, { cwd, env })
    if (code !== 0) throw new Error(JSON.stringify(annotations))
    const { artifacts } = JSON.parse(readFileSync(join(cwd, 'dist/manifest.json'), 'utf8'))
    const { sha256 } = artifacts.find(({ filename }: { filename: string }) => filename === WHEEL_NAME)
    return { code, titles: annotations.map((each) => each.properties.title), sha256 }
  }
  const built = await released('never')
  expect([built.code, built.titles]).toEqual([0, []])
  const adopted = await released('published')
  expect([adopted.code, adopted.titles]).toEqual([0, ['published-adopted']])
  expect(adopted.sha256).toBe(
    createHash('sha256')
      .update(GOOD[WHEEL_NAME] as Uint8Array)
      .digest('hex'),
  )
  expect(adopted.sha256).not.toBe(built.sha256)
})
