import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import { repository } from '../bundle/project.ts'
import { BASE, buildahBase, buildahEnv } from '../engines/harness.ts'
import { needs } from '../tools.ts'
import { rehearse, remove } from './example.ts'

const test = needs('buildah', 'python3', 'SLIPWAY_TEST_BASE')
const dir = await mkdtemp(join(tmpdir(), 'slipway-late-'))
afterAll(() => remove(dir))

/** Commands of a Dockerfile whose own package index does not answer. */
const UNREACHABLE = 'ENV PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0\n'
const PIP = 'pip install --no-cache-dir --no-compile --break-system-packages'

/** A Python package, and an image that installs it. */
const project = (install: string) =>
  repository({
    'pyproject.toml':
      '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "slipway-late"\nversion = "1.2.0"\nrequires-python = ">=3.9"\n',
    'slipway_late/__init__.py': '__version__ = "1.2.0"\n',
    Dockerfile: `FROM docker.io/library/${BASE}\nARG VERSION\n${UNREACHABLE}RUN ${install}\n`,
    'slipway.toml': '[[images]]\nname = "ghcr.io/own/late"\nafter = "pypi"\nbuild-args = { VERSION = "{version}" }\n',
  })

async function machine() {
  const env = { ...(await buildahEnv(join(dir, 'buildah'))), DOCKER_HOST: `unix://${join(dir, 'none')}` }
  await buildahBase(env)
  return { env, args: ['--engine', 'buildah'] }
}

async function rehearsed(install: string) {
  const ended = await rehearse(await project(install), await machine())
  await remove(ended.state)
  return ended
}

test('an image that installs the release is built from the local PyPI, pushed, and run from its registry', async () => {
  const [source, how] = [await project(`${PIP} slipway-late==$VERSION`), await machine()]
  const { report, code, stdout, state } = await rehearse(source, how)
  expect(report.problems.filter((each) => each.severity === 'error')).toEqual([])
  expect([code, report.notRehearsed.map((each) => each.what)]).toEqual([0, expect.not.arrayContaining(['images'])])
  const images = report.receipts.filter((each) => each.publisher === 'oci')
  expect(images.map(({ target, artifact, status }) => `${target} ${artifact} ${status}`)).toEqual([
    'ghcr.io/own/late late-1.2.0.oci published',
    ...['1.2.0', '1.2', 'latest'].map((tag) => `ghcr.io/own/late late:${tag} moved`),
  ])
  expect(report.installed).toContainEqual({
    what: 'ghcr.io/own/late',
    where: 'buildah, slipway-late',
    version: '1.2.0',
  })
  expect(report.destinations.find((each) => each.channel === 'late-images')?.standing).toBe('out')
  expect(stdout.indexOf('upload to PyPI')).toBeLessThan(stdout.indexOf('build the image late with buildah'))
  expect(report.passes.map((each) => each.bytesSent === 0)).toEqual([false, true])

  const again = await rehearse(source, { ...how, state })
  await remove(state)
  expect([again.code, again.report.passes.map((each) => each.bytesSent)]).toEqual([0, [0, 0]])
  expect(new Set(again.report.receipts.map((each) => each.status))).toEqual(new Set(['already there']))
})

test('an image that asks another index for the release is not rehearsed, and the report gives the reason', async () => {
  const { report, code } = await rehearsed(`${PIP} --isolated --index-url $PIP_INDEX_URL slipway-late==$VERSION`)
  expect(code).toBe(0)
  expect(report.notRehearsed[0]).toEqual({
    what: 'images',
    reason: expect.stringMatching(/^the build with buildah did not ask the local PyPI for the release \(./),
  })
  expect(report.destinations.find((each) => each.channel === 'late-images')?.standing).toBe('not out')
})

test('an image whose build asks for the release and fails is an error', async () => {
  const { report, code } = await rehearsed(`${PIP} slipway-late==$VERSION && exit 7`)
  const errors = report.problems.filter((each) => each.severity === 'error')
  expect([code, errors.map((each) => each.code)]).toEqual([1, ['image-build-failed']])
})
