import { join } from 'node:path'
import { expect } from '@jest/globals'
import { readLayout } from '@slipway/artifacts/oci/layout'
import { writeImage } from '../contract/image.ts'
import { ownBuildah } from '../engines/own-buildah.ts'
import { temporaryFolder, tested } from '../sandbox/harness.ts'
import { brokenOff, effects } from '../sandbox/oci-client.ts'
import { needs } from '../tools.ts'
import { commitOf, digestsOf, imageProject, push, REGISTRIES } from './push-image.ts'
import { tellingWhose } from './telling-whose.ts'

const test = needs('buildah', 'skopeo', 'busybox')

const env = ownBuildah()

test.each([
  ['in the bytes of a layer', 'ghcr', 'PATCH', 'uploads', 2],
  ['before a layer is closed', 'dockerhub', 'PUT', 'uploads', 3],
  ['between the registries', 'ghcr', 'POST', 'uploads', 0],
  ['before the manifest', 'ghcr', 'PUT', 'manifests', 0],
  ['before the second tag', 'ghcr', 'PUT', 'manifests', 1],
] as const)('killed %s, the next run sends nothing twice', async (_, service, method, path, skip) => {
  const [sandbox, cwd] = [await tested(), await imageProject()]
  const layout = join(temporaryFolder(), 'layout')
  const labels = { 'org.opencontainers.image.revision': await commitOf(cwd) }
  const layers = ['1', '2', '3', '4', '5'].map((each) => each.repeat(2 ** 16))
  const image = await writeImage(layout, 'app', layers, labels)
  const digest = `sha256:${image.sha256}`
  const inputs = { engine: 'buildah', layout }

  await sandbox.steer.setFault({ service, method, path, skip, times: 99, fault: { kind: 'hang-before' } })
  const { path: PATH, pid } = tellingWhose()
  const first = push(sandbox, cwd, inputs, { ...env, PATH })
  expect(await brokenOff(sandbox)).toMatchObject({ service, method })
  process.kill(pid(), 'SIGKILL')
  expect((await first).code).toBeNull()
  await sandbox.steer.clearFaults()

  const second = await push(sandbox, cwd, inputs, env)
  expect([second.code, second.annotations, second.outputs.digest]).toEqual([0, [], digest])
  for (const tag of ['1.2.0', '1.2', 'latest']) expect(await digestsOf(sandbox, tag)).toEqual([digest, digest])
  const { blobs } = await readLayout(layout)
  for (const registry of REGISTRIES) {
    const taken = (await effects(sandbox, registry)).filter((each) => each.startsWith('blob '))
    expect(taken.sort()).toEqual(blobs.map((each) => `blob ${each.digest} in own/app`).sort())
  }
})
