import { expect } from '@jest/globals'
import { ownBuildah } from '../engines/own-buildah.ts'
import { temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { commitOf, imageProject, ofVersion, titles } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('buildah', 'busybox', 'cargo')

const env = ownBuildah()

/** Two images, of which only Docker Hub gets each. */
const IMAGES = ['own/app', 'own/tool']
const FILES = {
  ...ofVersion('1.0.0'),
  'tool.Dockerfile': 'FROM scratch\nCOPY busybox /bin/sh\nLABEL a=tool\n',
  'slipway.toml':
    '[[images]]\nname = "own/app"\nfile = "Dockerfile"\n[[images]]\nname = "own/tool"\nfile = "tool.Dockerfile"\n',
}

test('a release whose images only Docker Hub has, privately, is resumed with the login and built again without', async () => {
  const [sandbox, project] = [await tested(), await imageProject(FILES)]
  const commit = await commitOf(project)
  const job = await workflowRun(sandbox, commit, 1, 'none', env)
  const hub = { 'dockerhub-username': sandbox.dockerhub.username, 'dockerhub-token': sandbox.dockerhub.password }
  const release = async (name: string, inputs: Record<string, string>, cwd = temporaryFolder()) => {
    const step = await job(name, inputs, cwd)
    expect([name, step.code, titles(step).filter((each) => each !== 'several-images')]).toEqual([name, 0, []])
    return step.outputs
  }
  const digests: (string | undefined)[] = []
  for (const images of IMAGES) {
    const inputs = { images, engine: 'buildah', push: 'false', upload: 'true', 'test-command': 'true' }
    digests.push((await release('push-image', inputs, checkout(project))).digest)
  }
  expect(new Set(digests).size).toBe(2)
  const { 'manifest-sha256': sha256 = '' } = await release('assemble', { upload: 'true' }, checkout(project))
  const trusted = { 'manifest-sha256': sha256 }
  for (const [at, images] of IMAGES.entries()) {
    const { digest } = await release('push-image', { ...trusted, ...hub, images, push: 'digest' })
    expect(digest).toBe(digests[at])
  }
  const { 'release-id': id } = await release('create-release', { ...trusted, draft: 'true' })

  // Each request needs a password from now on, like those for a private repository.
  await sandbox.steer.setOciAuth('dockerhub', 'basic')
  const again = await workflowRun(sandbox, commit, 2, 'none', env)
  const anonymous = await again('resume', { upload: 'true' }, temporaryFolder())
  expect([anonymous.code, anonymous.outputs.resumed]).toEqual([0, 'false'])
  const resumed = await again('resume', { ...hub, upload: 'true' }, temporaryFolder())
  expect([resumed.code, titles(resumed)]).toEqual([0, []])
  expect(resumed.outputs).toMatchObject({ resumed: 'true', 'has-image': 'true', 'release-id': id, ...trusted })
})
