import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../trees.ts'

const DOCKERFILE = 'ARG BASE=python:3.11-slim\n\nFROM $BASE\n'
const GITHUB = (address: string) => `[package]\nname = "demo"\nversion.workspace = true\nrepository = "${address}"\n`

async function planned(tree: Tree): Promise<Plan> {
  return planProject(await plant(workspace(tree)))
}

/** Returns images as `name file context target`, and problems about them as `severity code file:line`. */
function shown({ images, problems }: Plan): { images: string[]; problems: string[] } {
  return {
    images: images.map(({ name, file, context, target }) => [name, file, context, target ?? ''].join(' ').trim()),
    problems: problems
      .filter((each) => /image|compose|docker/.test(each.code))
      .map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`),
  }
}

test.each<[string, Tree, number[]]>([
  [
    'it is built beside',
    {
      'compose.yml':
        'services:\n  a: {build: ., image: "ghcr.io/o/n:1.2.0-rc.1"}\n  b:\n    image: ghcr.io/o/n:1.1.0\n    container_name: b_v1.1.0\n',
    },
    [4, 5],
  ],
  [
    'it is called by a name of this machine',
    { 'compose.yml': 'services:\n  a: {build: ., image: demo}\n  b: {image: "demo:1.1.0"}\n' },
    [3],
  ],
  [
    'slipway.toml names it',
    {
      'slipway.toml': '[[images]]\nname = "ghcr.io/o/n"\n',
      'compose.yml': 'services:\n  b: {image: "ghcr.io/o/n:1.1.0"}\n',
    },
    [2],
  ],
  [
    'it has the name of the repository',
    {
      'core/Cargo.toml': GITHUB('https://github.com/o/n'),
      'compose.yml': 'services:\n  b: {image: "ghcr.io/o/n:1.1.0"}\n',
    },
    [2],
  ],
  [
    "it is somebody else's",
    {
      'compose.yml':
        'services:\n  a: {build: ., image: ghcr.io/o/n}\n  b: {image: "postgres:1.1.0", container_name: b_v1.1.0}\n',
    },
    [],
  ],
])('a service that runs an image of the project has its version if %s', async (_, changes, lines) => {
  const { problems } = await planProject(await plant(workspace({ Dockerfile: DOCKERFILE, ...changes })))
  const differing = problems.filter((each) => each.code === 'version-differs')
  expect(differing.map(({ where }) => [where?.file, where?.line])).toEqual(lines.map((line) => ['compose.yml', line]))
})

test('a single Dockerfile has the name from the compose file', async () => {
  const plan = await planned({
    Dockerfile: DOCKERFILE,
    'docker-compose.yml': `services:
  app: { build: ., image: "qdash/demo:1.2.0-rc.1" }
  notebook:
    build: { context: ., tags: [ghcr.io/o/demo] }
    image: qdash/demo:1.2.0-rc.1
`,
  })
  const built = { file: 'Dockerfile', context: '.', bases: ['python:3.11-slim'] }
  expect(plan.images).toEqual([
    { name: 'docker.io/qdash/demo', ...built },
    { name: 'ghcr.io/o/demo', ...built },
  ])
  expect(plan.versions.filter((each) => each.file === 'docker-compose.yml')).toEqual([
    { file: 'docker-compose.yml', line: 2, value: '1.2.0-rc.1' },
    { file: 'docker-compose.yml', line: 5, value: '1.2.0-rc.1' },
  ])
  expect(plan.problems).toEqual([])
})

const NAMELESS = 'notice image-without-name Dockerfile:3'
test.each<[string, Tree, string[], string[]]>([
  ['there is no Dockerfile', {}, [], []],
  ['nothing names it', { Dockerfile: DOCKERFILE }, [], [NAMELESS]],
  [
    'the crate has a GitHub address',
    { Dockerfile: DOCKERFILE, 'core/Cargo.toml': GITHUB('https://github.com/Owner/Demo.git') },
    ['ghcr.io/owner/demo Dockerfile .'],
    [],
  ],
  [
    'the workspace has one',
    { Dockerfile: DOCKERFILE, 'Cargo.toml': withRepository('https://github.com/Owner/Demo/tree/main') },
    ['ghcr.io/owner/demo Dockerfile .'],
    [],
  ],
  [
    'the package has several',
    {
      Dockerfile: DOCKERFILE,
      'py/pyproject.toml': withUrls(
        'Sponsor = "https://github.com/sponsors/x"\nHomepage = "https://github.com/o/home"\n"Source Code" = "https://github.com/o/code"\n',
      ),
    },
    ['ghcr.io/o/code Dockerfile .'],
    [],
  ],
  [
    'the only GitHub address is a sponsor’s',
    { Dockerfile: DOCKERFILE, 'py/pyproject.toml': withUrls('Sponsor = "https://github.com/sponsors/x"\n') },
    [],
    [NAMELESS],
  ],
  [
    'the address is not GitHub’s',
    { Dockerfile: DOCKERFILE, 'core/Cargo.toml': GITHUB('https://git.example.invalid/github.com/o/demo') },
    [],
    [NAMELESS],
  ],
  [
    'the address is that of an owner',
    { Dockerfile: DOCKERFILE, 'core/Cargo.toml': GITHUB('https://github.com/o/') },
    [],
    [NAMELESS],
  ],
  [
    'the Dockerfile is in docker/',
    { 'docker/Dockerfile': 'FROM a:1\n', 'core/Cargo.toml': GITHUB('ssh://git@github.com/o/demo') },
    ['ghcr.io/o/demo docker/Dockerfile .'],
    [],
  ],
  [
    'Dockerfiles lie elsewhere',
    {
      'examples/Dockerfile': 'FROM a:1\n',
      'tests/x/Dockerfile': 'FROM a:1\n',
      'py/Dockerfile': 'FROM a:1\n',
      'compose.yml': 'services: {a: {build: ./examples, image: o/n, container_name: a-0.0.1}}\n',
    },
    [],
    [],
  ],
  [
    'the compose file builds another one',
    {
      Dockerfile: DOCKERFILE,
      '.docker/Dockerfile': 'FROM a:1\n',
      'compose.yml': 'services: {a: {build: .docker, image: o/n}}\n',
      'core/Cargo.toml': GITHUB('https://github.com/o/demo'),
    },
    ['docker.io/o/n .docker/Dockerfile .docker', 'ghcr.io/o/demo Dockerfile .'],
    ['warning several-images .docker/Dockerfile:1'],
  ],
  [
    'the compose file builds one without a name',
    { 'web/Dockerfile': 'FROM a:1\n', 'compose.yml': 'services: {a: {build: web}}\n' },
    [],
    ['notice image-without-name web/Dockerfile:1'],
  ],
  [
    'the compose file’s names mean nothing elsewhere',
    {
      Dockerfile: 'FROM python:3.11-slim AS run\n',
      'compose.yml': 'services: {a: {build: {context: ., target: run, tags: [localhost/demo]}, image: "demo:dev"}}\n',
      'core/Cargo.toml': GITHUB('https://github.com/o/demo'),
    },
    ['ghcr.io/o/demo Dockerfile . run'],
    [],
  ],
  [
    'there are two compose files',
    {
      Dockerfile: DOCKERFILE,
      'compose.yaml': 'services: {a: {build: ., image: o/first}}\n',
      'docker-compose.yml': 'services: {a: {build: ., image: o/second}}\n',
    },
    ['docker.io/o/first Dockerfile .'],
    [],
  ],
  [
    'the first part of a name has upper-case letters',
    { Dockerfile: DOCKERFILE, 'compose.yml': 'services:\n  a:\n    build: .\n    image: Owner/demo:1.2\n' },
    [],
    ['error image-name-invalid compose.yml:4'],
  ],
  [
    'a name has upper-case letters',
    { Dockerfile: DOCKERFILE, 'compose.yml': 'services:\n  a:\n    build: .\n    image: ghcr.io/Owner/Demo:1.2\n' },
    [],
    ['error image-name-invalid compose.yml:4'],
  ],
  [
    'a name is none',
    { Dockerfile: DOCKERFILE, 'compose.yml': 'services:\n  a:\n    build: .\n    image: a b\n' },
    [],
    ['error image-name-invalid compose.yml:4'],
  ],
  [
    'the Dockerfile is missing',
    { 'compose.yml': 'services:\n  a:\n    image: o/n\n    build: web\n  b:\n    image: o/m\n    build: web\n' },
    [],
    ['error dockerfile-missing compose.yml:4'],
  ],
  [
    'a name is built in two ways',
    {
      Dockerfile: DOCKERFILE,
      'compose.yml':
        'services:\n  a: {build: ., image: "o/n:1"}\n  b: {build: {target: dev}, image: "o/n:dev"}\n  c: {build: ., image: o/n}\n',
    },
    ['docker.io/o/n Dockerfile .'],
    ['warning image-built-twice compose.yml:3'],
  ],
  [
    'the compose file is broken',
    {
      Dockerfile: DOCKERFILE,
      'compose.yml': 'services:\n  a: [\n',
      'core/Cargo.toml': GITHUB('https://github.com/o/demo'),
    },
    [],
    ['warning compose-unreadable compose.yml:3'],
  ],
])('when %s', async (_, tree, images, problems) => {
  expect(shown(await planned(tree))).toEqual({ images, problems })
})

test('reports upper case with the correct name', async () => {
  const plan = await planned({
    Dockerfile: DOCKERFILE,
    'compose.yml': 'services: {a: {build: ., image: "ghcr.io/Owner/Demo:1.2.0-rc.1"}}\n',
  })
  expect(plan.problems).toMatchObject([
    { message: expect.stringContaining('upper-case'), hint: 'Write ghcr.io/owner/demo:1.2.0-rc.1.' },
  ])
})

test.each([
  ['image: "o/n:1.1.0"', 'version-differs'],
  ['container_name: n_v1.1.0', 'version-differs'],
  ['build: {tags: [o/n:1.2.0-rc.1, "o/m:v1.1.0", o/l:1.2.0-rc.1]}', 'version-differs'],
  ['image: "o/n:1.2.0rc1"', undefined],
  ['image: "o/n:latest"', undefined],
])('finds a stale version: %s', async (line, code) => {
  const more = line.startsWith('build') ? '' : '    build: .\n'
  const plan = await planned({
    Dockerfile: DOCKERFILE,
    'compose.yml': `services:\n  b: {image: "postgres:9.9.9"}\n  a:\n    ${line}\n${more}`,
  })
  const told = plan.problems.filter((each) => each.code === 'version-differs')
  expect(told.map((each) => [each.code, each.where])).toEqual(
    code === undefined ? [] : [[code, { file: 'compose.yml', line: 4 }]],
  )
})

test('releases a project with only an image', async () => {
  const plan = await planProject(
    await plant({
      'Cargo.toml':
        '[package]\nname = "a"\nversion = "1.0.0"\npublish = false\nrepository = "https://github.com/o/demo"\n',
      'CHANGELOG.md': '## 1.0.0\nx',
      Dockerfile: DOCKERFILE,
    }),
  )
  expect(plan).toMatchObject({ problems: [], images: [{ name: 'ghcr.io/o/demo' }] })
})

test('reads nothing outside of the project', async () => {
  const outside = await plant({ Dockerfile: 'FROM secret\n', 'compose.yml': 'services: {a: {build: ., image: o/n}}' })
  const root = await plant(workspace())
  await symlink(join(outside, 'Dockerfile'), join(root, 'Dockerfile'))
  expect(shown(await planProject(root))).toEqual({
    images: [],
    problems: ['error dockerfile-missing undefined:undefined'],
  })
  await symlink(join(outside, 'compose.yml'), join(root, 'compose.yml'))
  expect(shown(await planProject(root)).problems).toEqual(['warning compose-unreadable compose.yml:1'])
})

test.each([
  ['that is long', 'x'.repeat(20 * 2 ** 20)],
  ['of a folder with a very long name', `services: {a: {build: ${'x'.repeat(300)}, image: o/n}}`],
])('reports a compose file %s', async (_, text) => {
  const root = await plant(workspace())
  await writeFile(join(root, 'compose.yml'), text)
  expect(shown(await planProject(root)).problems).toHaveLength(1)
})

/** The workspace's manifest with an address. */
function withRepository(address: string): string {
  return `${workspace()['Cargo.toml']}`.replace('[workspace.package]', `[workspace.package]\nrepository = "${address}"`)
}

/** The package's manifest with addresses. */
function withUrls(urls: string): string {
  return `${workspace()['py/pyproject.toml']}[project.urls]\n${urls}`
}

const PYPI = 'uses: pypa/gh-action-pypi-publish@release/v1'
const CRATE = 'run: cargo publish -p demo'
const UNPUSHED = 'notice image-not-pushed Dockerfile:3'
const OWN = 'uses: acme/slipway/actions/push-image@v1'
test.each<[string, readonly string[], string[], Tree?]>([
  ['publish to PyPI', [PYPI], [UNPUSHED]],
  ['publish a crate', [CRATE], [UNPUSHED]],
  [
    'publish, and nothing names the image',
    [PYPI],
    [UNPUSHED],
    { 'core/Cargo.toml': GITHUB('https://example.invalid') },
  ],
  ['publish nothing', ['run: cargo test'], []],
  ['are of Slipway', [PYPI, OWN], []],
  ['publish, and push by an action', [PYPI, 'uses: docker/build-push-action@v6'], []],
  ['publish, and push by a command', [PYPI, 'run: docker buildx build --push .'], []],
  ['publish, and push by a script', [PYPI, 'run: ./ci/image.sh'], [], { 'ci/image.sh': 'podman push x\n' }],
  ['publish, and only build', [PYPI, 'run: docker build .', 'uses: docker/setup-buildx-action@v3'], [UNPUSHED]],
])('the Dockerfile of a project whose workflows %s', async (_, steps, problems, more = {}) => {
  const workflow = `on: push\njobs:\n  a:\n    steps:\n${steps.map((each) => `      - ${each}\n`).join('')}`
  const address = { 'core/Cargo.toml': GITHUB('https://github.com/owner/demo') }
  const tree = { Dockerfile: DOCKERFILE, ...address, '.github/workflows/a.yml': workflow, ...more }
  const images = problems.length > 0 ? [] : ['ghcr.io/owner/demo Dockerfile .']
  expect(shown(await planned(tree))).toEqual({ images, problems })
})

const PUSHED = (on: string, inputs: string, more = '') =>
  `on: ${on}
env: {IMAGE: "ghcr.io/\${{ github.repository }}"}
jobs:
  image:
    steps:
      - uses: docker/metadata-action@v5
        with:
          images: |
            \${{ github.repository }},enable=\${{ github.event_name == 'release' }}
            \${{ env.IMAGE }}
      - uses: docker/build-push-action@v6
        with: {${inputs}}
${more}`
const NAMES = ['docker.io/owner/demo', 'ghcr.io/owner/demo']

test.each<[string, string, string[], Tree?]>([
  ['pushes them at a tag', PUSHED('{push: {tags: ["v*"]}}', 'file: server/Dockerfile, push: true'), NAMES],
  ['pushes them at a release', PUSHED('{release: {types: [published]}}', 'context: ./server, push: true'), NAMES],
  ['pushes those of a folder', PUSHED('{push: {tags: ["v*"]}}', 'context: ./server/, push: true'), NAMES],
  ['is called to push them', PUSHED('[workflow_call]', 'file: server/Dockerfile, outputs: "type=registry"'), NAMES],
  ['pushes them from a branch', PUSHED('{push: {branches: [main]}}', 'file: server/Dockerfile, push: true'), []],
  ['only builds them', PUSHED('{push: {tags: ["v*"]}}', 'file: server/Dockerfile'), []],
  ['pushes what it wrote', PUSHED('{push: {tags: ["v*"]}}', 'file: other/Dockerfile, push: true'), []],
  ['pushes what an expression names', PUSHED('release', `file: "\${{ matrix.file }}", push: true`), []],
  [
    'pushes them, and compose names one',
    PUSHED('release', 'file: server/Dockerfile, push: true'),
    ['ghcr.io/o/n'],
    {
      'compose.yml': 'services: {a: {build: server, image: ghcr.io/o/n}}\n',
    },
  ],
])('a workflow that %s', async (_, workflow, names, more = {}) => {
  const address = { 'core/Cargo.toml': GITHUB('https://github.com/owner/demo') }
  const tree = { 'server/Dockerfile': DOCKERFILE, ...address, '.github/workflows/a.yml': workflow, ...more }
  const plan = await planned(tree)
  expect(plan.images.map((each) => each.name)).toEqual(names)
  expect(new Set(plan.images.map((each) => each.file))).toEqual(new Set(names.length > 0 ? ['server/Dockerfile'] : []))
  expect(shown(plan).problems.filter((each) => !each.startsWith('notice'))).toEqual([])
})
