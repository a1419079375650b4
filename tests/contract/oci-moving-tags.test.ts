import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import { movePointer } from '@slipway/core/pointer'
import { publishOnce } from '@slipway/core/publish'
import { OciPublisher } from '@slipway/registries/oci/publisher'
import { imageTags } from '@slipway/registries/oci/tags'
import { quietEffort, testClock } from './faults.ts'
import { writeImage } from './image.ts'
import { openBench } from './sandbox.ts'

const bench = await openBench()
afterAll(() => bench.close())

const effort = quietEffort()

/** Returns a function that pushes a version to one repository and tells what became of its moving tags. */
function repository() {
  const { registry, username, password } = bench.sandbox.description.ghcr
  const repository = `owner/${bench.name()}`
  return async (version: string, labels: Record<string, string> = { 'org.opencontainers.image.version': version }) => {
    const image = await writeImage(join(bench.folder, repository, version), 'app', [version], labels)
    const artifact = { ...image, version }
    const publisher = new OciPublisher(
      { http: fetchHttp, clock: testClock() },
      {
        name: { registry: 'ghcr', repository },
        registry,
        repository,
        credentials: { username, password },
        mountFrom: null,
        web: null,
        parallel: 1,
      },
    )
    await publishOnce({ publisher, artifacts: [artifact] }, effort)
    const moved: string[] = []
    for (const tag of imageTags(version, ['latest', '{major}', '{major}.{minor}'])) {
      const { status } = await movePointer(publisher.pointer(artifact, tag), effort)
      if (status === 'moved') moved.push(tag.name)
    }
    return moved
  }
}

test.each([
  ['2.0.2+fork.3', '2.0.2-fork.3', '2.0.1'],
  ['2.0.10+1', '2.0.10-1', '2.0.9'],
])('tags of %s stay when an older version is pushed for the first time', async (newer, tag, older) => {
  const push = repository()
  expect(await push('2.0.0')).toEqual(['2.0.0', 'latest', '2', '2.0'])
  expect(await push(newer)).toEqual([tag, 'latest', '2', '2.0'])
  expect(await push(older)).toEqual([older])
  expect(await push('2.1.0')).toEqual(['2.1.0', 'latest', '2', '2.1'])
  // Only the tags of its own line still name the fork.
  expect(await push('1.9.9')).toEqual(['1.9.9', '1', '1.9'])
})

test('the label of a base image holds no tag back', async () => {
  const push = repository()
  expect(await push('1.0.0', { 'org.opencontainers.image.version': '24.4.1' })).toEqual(['1.0.0', 'latest', '1', '1.0'])
  expect(await push('1.0.1', {})).toEqual(['1.0.1', 'latest', '1', '1.0'])
  expect(await push('1.0.2')).toEqual(['1.0.2', 'latest', '1', '1.0'])
})
