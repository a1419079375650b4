import { expect, test } from '@jest/globals'
import type { Problem } from '@slipway/core/problem'
import { planProject } from '@slipway/plan/plan'
import { plant, workspace } from '../../trees.ts'

async function problemsOf(dockerfile: string): Promise<Problem[]> {
  const compose = 'services: {a: {build: ., image: "docker.io/o/n:1.2.0-rc.1"}}\n'
  return (await planProject(await plant(workspace({ Dockerfile: dockerfile, 'compose.yml': compose })))).problems
}

async function reported(dockerfile: string): Promise<string[]> {
  return (await problemsOf(dockerfile)).map(
    ({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`,
  )
}

test.each([
  ['FROM python:3.11-slim\n', []],
  ['# x\nFROM python\n', ['notice base-image-floating Dockerfile:2']],
  ['ARG BASE=python:latest\nFROM $BASE AS a\nFROM a\n', ['notice base-image-floating Dockerfile:2']],
  [`FROM python@sha256:${'0'.repeat(64)}\n`, []],
  ['FROM scratch\n', []],
  ['ARG BASE\nFROM $BASE\n', []],
  ['FROM a:1\nCOPY dist/*.whl /tmp/\n', []],
  ['FROM a:1\nCOPY dist/demo-1.2.0rc1-cp39-abi3-linux_x86_64.whl /tmp/\n', []],
  ['FROM a:1\nCOPY dist/demo-1.1.0-cp39-abi3-*.whl /tmp/\n', ['error dockerfile-wheel-differs Dockerfile:2']],
  [
    'FROM a:1\nRUN x && \\\n  pip install /tmp/Demo-1.1.0-py3-none-any.whl\n',
    ['error dockerfile-wheel-differs Dockerfile:3'],
  ],
  ['FROM a:1\nRUN pip install /w/demo-1.2.0rc1*.whl /w/demo-1.2*.whl /w/demo-1*-cp39-abi3-*.whl\n', []],
  ['FROM a:1\nARG P\nRUN pip install /w/demo-1.2.0$P-py3-none-any.whl /w/demo-1.2.?rc1-*.whl\n', []],
  ['FROM a:1\n# COPY dist/demo-1.1.0-py3-none-any.whl\n', []],
  [`FROM a:1\nARG V\nRUN pip install demo==\${V}\n`, ['warning image-installs-release Dockerfile:3']],
  [
    'FROM a:1\nRUN --mount=type=cache,target=/c cd / \\\n  && python -m pip install -q "Demo[all]>=1"\n',
    ['warning image-installs-release Dockerfile:2'],
  ],
  ['FROM a:1\nRUN uv pip install demo\n', ['warning image-installs-release Dockerfile:2']],
  ['FROM a:1\nRUN cargo install demo --version 1.2.0-rc.1\n', ['warning image-installs-release Dockerfile:2']],
  ['FROM a:1\nRUN cargo install --path demo && cargo install demo-cli\n', []],
  ['FROM a:1\nRUN pip install --no-index --find-links /w demo\n', []],
  ['FROM a:1\nRUN pip install /w/*.whl demo-other && echo pip demo\n', []],
  ['FROM a:1\nCOPY other-1.1.0-py3-none-any.whl /tmp/\n', []],
])('the problems of the Dockerfile %p', async (dockerfile, expected) => {
  expect(await reported(dockerfile)).toEqual(expected)
})

test.each([
  ['demo-1.1.0-*.whl', 'The version of demo-1.1.0-*.whl is 1.1.0, but the release is 1.2.0rc1'],
  ['demo-1.1.0.whl', 'The version of demo-1.1.0.whl is 1.1.0, but'],
  ['demo-1.1*.whl', 'The version of demo-1.1*.whl begins with 1.1, but'],
])('the message compares %s with the release', async (wheel, expected) => {
  const [found] = await problemsOf(`FROM a:1\nRUN pip install /w/${wheel}\n`)
  expect(found?.message).toContain(expected)
})

test('a Dockerfile of one long line is read quickly', async () => {
  expect(await reported(`FROM a:1\nCOPY ${'a-1-'.repeat(200_000)}\n`)).toEqual([])
})

test('several images are reported, since a step stops at them', async () => {
  const compose =
    'services:\n  a: {build: ., image: "docker.io/o/n:1.2.0-rc.1"}\n  b: {build: {context: ., dockerfile: Other}, image: "docker.io/o/other:1.2.0-rc.1"}\n'
  const tree = workspace({ Dockerfile: 'FROM a:1\n', Other: 'FROM a:1\n', 'compose.yml': compose })
  const { problems } = await planProject(await plant(tree))
  const found = problems.filter((each) => each.code === 'several-images')
  expect(found).toMatchObject([{ severity: 'warning', message: expect.stringContaining('(Dockerfile, Other)') }])
})

const SETTINGS = '[[images]]\nname = "ghcr.io/o/n"\nafter = "pypi"\n'
const DOCKERFILE = 'ARG PY\nARG VERSION=0\nFROM python:$PY\nRUN pip install demo==$VERSION\n'

test('the plan has the arguments of a build, with the version, and the base image that they name', async () => {
  const settings = `${SETTINGS}build-args = { PY = "3.12-slim", VERSION = "{version}", TWICE = "{version}+{version}" }\n`
  const plan = await planProject(await plant(workspace({ Dockerfile: DOCKERFILE, 'slipway.toml': settings })))
  expect(plan.images).toEqual([
    {
      name: 'ghcr.io/o/n',
      file: 'Dockerfile',
      context: '.',
      bases: ['python:3.12-slim'],
      buildArgs: { PY: '3.12-slim', VERSION: '1.2.0-rc.1', TWICE: '1.2.0-rc.1+1.2.0-rc.1' },
      after: 'pypi',
    },
  ])
})

test.each([
  ['with a package that the Dockerfile installs', DOCKERFILE, '', []],
  ['with a package that it does not name', 'FROM a:1\nRUN pip install other\n', '', ['notice image-after-pypi']],
  ['without a package', DOCKERFILE, '[packages.demo]\npublish = false\n', ['error image-after-pypi']],
])('an image that is built after PyPI has the release, %s', async (_, Dockerfile, more, expected) => {
  const settings = `${SETTINGS}build-args = { PY = "3.12" }\n${more}`
  const { problems } = await planProject(await plant(workspace({ Dockerfile, 'slipway.toml': settings })))
  expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected)
  for (const { where } of problems) expect(where).toEqual({ file: 'slipway.toml', line: 3 })
})

test('a Dockerfile of which only one of two images waits for PyPI is checked for the other', async () => {
  const second = '[[images]]\nname = "ghcr.io/o/early"\nbuild-args = { PY = "3.12" }\n'
  const settings = `${SETTINGS}build-args = { PY = "3.12" }\n${second}`
  const { problems } = await planProject(await plant(workspace({ Dockerfile: DOCKERFILE, 'slipway.toml': settings })))
  expect(problems.map((each) => each.code)).toEqual(['several-images', 'image-installs-release'])
})

const STAGES = 'FROM a:1 AS Build\nFROM a:1\n'

test.each([
  ['build', STAGES, null],
  ['1', STAGES, null],
  ['2', STAGES, 'Dockerfile has no stage `2`, so ghcr.io/o/n cannot be built.'],
  ['run', STAGES, 'Dockerfile has no stage `run`, so ghcr.io/o/n cannot be built.'],
  ['run', '# none\n', 'Dockerfile has no `FROM`, so ghcr.io/o/n cannot be built.'],
])('the stage %s of the Dockerfile %p', async (target, Dockerfile, message) => {
  const settings = `[[images]]\nname = "ghcr.io/o/n"\ntarget = "${target}"\n`
  const { problems } = await planProject(await plant(workspace({ Dockerfile, 'slipway.toml': settings })))
  const missing = { code: 'image-stage-missing', severity: 'error', message, where: { file: 'Dockerfile', line: 1 } }
  expect(problems).toMatchObject(message === null ? [] : [missing])
})

test('a stage that a compose file names is looked for too', async () => {
  const compose = 'services: {a: {build: {context: ., target: run}, image: "docker.io/o/n:1.2.0-rc.1"}}\n'
  const tree = workspace({ Dockerfile: STAGES, 'compose.yml': compose })
  const { problems } = await planProject(await plant(tree))
  expect(problems.map((each) => each.code)).toEqual(['image-stage-missing'])
})
