import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { programFile } from '../engines/harness.ts'
import { ownBuildah } from '../engines/own-buildah.ts'
import { temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { commit } from './project.ts'
import { commitOf, loggedIn, namesAt, titles } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('buildah', 'busybox', 'python3')

const env = ownBuildah()

const FILES = {
  '.gitignore': 'dist/\n',
  'CHANGELOG.md': '# Changelog\n\n## [1.0.0] - 2025-01-02\n\n- New.\n',
  Dockerfile: 'FROM scratch\nCOPY busybox /bin/sh\nCOPY dist/*.whl /wheels/\n',
  'pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "1.0.0"\nrequires-python = ">=3.8"\n',
  'demo_py/__init__.py': '',
}

/** A repository with such a project in a folder, whose image contains its wheel. */
async function projectIn(folder: string): Promise<string> {
  const top = temporaryFolder()
  mkdirSync(join(top, folder), { recursive: true })
  copyFileSync(await programFile('busybox'), join(top, folder, 'busybox'))
  const files = Object.entries(FILES).map(([file, text]) => [join(folder, file), text])
  await commit(top, Object.fromEntries(files))
  return top
}

test.each(['.', 'projects/demo'])(
  'the Dockerfile of a project in %s finds the wheels of the release in its dist/, and the release is published',
  async (path) => {
    const [sandbox, project] = [await tested(), await projectIn(path)]
    const job = await workflowRun(sandbox, await commitOf(project), 1, 'earlier', {
      ...env,
      DOCKER_CONFIG: loggedIn(sandbox),
    })
    const images = namesAt(sandbox)
    const image = {
      path,
      push: 'false',
      engine: 'buildah',
      images,
      'test-command': 'test -f /wheels/demo_py-1.0.0-py3-none-any.whl',
    }
    const ofJob = checkout(project)
    const built = await job('build-wheels', { path, 'test-python': 'lowest', upload: 'true' }, ofJob)
    expect([built.code, titles(built)]).toEqual([0, []])
    for (const where of [ofJob, checkout(project)]) {
      const step = await job('push-image', image, where)
      expect([step.code, titles(step), step.outputs.digest]).toEqual([0, [], expect.stringMatching(/^sha256:/)])
    }

    const assembling = checkout(project)
    const assembled = await job('assemble', { path, images, upload: 'true' }, assembling)
    expect([assembled.code, titles(assembled)]).toEqual([0, []])
    const { artifacts } = JSON.parse(readFileSync(join(assembling, 'dist/manifest.json'), 'utf8'))
    const kinds = artifacts.map(({ kind }: { kind: string }) => kind).sort()
    expect(kinds).toEqual(['asset', 'image', 'plan', 'sdist', 'wheel'])
    const trusted = { 'manifest-sha256': assembled.outputs['manifest-sha256'] as string }
    const login = { 'pypi-token': sandbox.pypi.token }
    const publishing: [string, Record<string, string>][] = [
      ['push-image', { images, push: 'digest' }],
      ['publish-pypi', login],
      ['create-release', {}],
    ]
    for (const [name, inputs] of publishing) {
      const step = await job(name, { ...trusted, ...inputs }, temporaryFolder())
      expect([name, step.code, titles(step)]).toEqual([name, 0, []])
    }
  },
)
