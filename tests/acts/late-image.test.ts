import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { BASE, buildahBase, buildahEnv } from '../engines/harness.ts'
import { temporaryFolder } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { images } from './held.ts'
import { BUILDING, PUBLISHING, STAGING, STARTING, told } from './jobs.ts'
import { SMALL, smallWorkspace } from './project.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct } from './proof.ts'
import { machine, world } from './world.ts'

const test = needs('act', 'cargo', 'python3', 'buildah', 'SLIPWAY_TEST_BASE')

/** Installs the release from PyPI; the image's own index does not answer. */
const DOCKERFILE = `FROM docker.io/library/${BASE}
ARG VERSION
ENV PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0
RUN pip install --no-cache-dir --no-compile --no-deps --break-system-packages --ignore-requires-python small-words==$VERSION
`
const SETTINGS = '[[images]]\nname = "ghcr.io/acts/late"\nafter = "pypi"\nbuild-args = { VERSION = "{version}" }\n'

test('an image that installs the release is built without secrets and pushed, and a second run sends nothing', async () => {
  const folder = temporaryFolder()
  const engine = await buildahEnv(join(folder, 'buildah'))
  await buildahBase(engine)
  const ports = machine({ ...engine, DOCKER_HOST: `unix://${join(folder, 'none')}` })
  const project = await smallWorkspace(ports)
  await writeFile(join(project, 'Dockerfile'), DOCKERFILE)
  await writeFile(join(project, 'slipway.toml'), SETTINGS)
  const at = await world(project, ports, null)
  await at.push()
  const first = await at.run()
  expectGood(first)
  const [publish = '', ...finish] = PUBLISHING
  const publishing = [publish, 'finish.yml late', ...finish]
  expect(told(first.jobs)).toEqual([...STARTING, ...BUILDING('small-words'), ...STAGING, ...publishing])
  await expectReleased(at, SMALL)
  const tags = ['0.2', '0.2.0', 'latest'].map((each) => `ghcr.io/acts/late:${each}`)
  const pushed = await images(at)
  expect(Object.keys(pushed).sort()).toEqual(tags)
  const built = first.jobs.find((each) => each.id === 'finish.yml late')?.outputs.build?.digest
  expect(new Set(Object.values(pushed))).toEqual(new Set([built]))

  const second = await at.run({ number: 2 })
  expectGood(second)
  expect(told(second.jobs)).toEqual([...STARTING, ...STAGING, ...publishing])
  expect([bytesSent(second.requests), effects(second.requests)]).toEqual([0, []])
  await expectWrittenByAct(at)
})
