// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a compose file's variables
import { expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import { readCompose } from '@slipway/project/images/compose'

const FILE = 'compose.yaml'

/** Returns the builds of a file. */
const builds = async (text: string) => (await readCompose(FILE, text)).builds

/** The builds of a file whose services are given, indented or as a flow mapping. */
const services = (text: string) => builds(`services:${text}`)

test('reads the builds of services, and the places of versions', async () => {
  const text = `# An example.
name: demo
services:
  app:
    build: .
    image: qdash/demo:0.1.0   # released
    container_name: demo_v0.1.0
    profiles: [a]
  tool:
    build:
      context: ./tools/
      dockerfile: Tool.Dockerfile
      target: run
      tags:
        - ghcr.io/o/tool:v1.2.0-rc.1
        - "ghcr.io/o/tool:latest"
  db:
    image: postgres:16.1.0
    container_name: db-9.9.9
`
  const at = (line: number) => ({ file: FILE, line })
  expect(await builds(text)).toMatchObject([
    {
      where: at(5),
      context: '.',
      file: 'Dockerfile',
      names: [{ text: 'qdash/demo:0.1.0', where: at(6) }],
      places: [
        { ...at(6), value: '0.1.0' },
        { ...at(7), value: '0.1.0' },
      ],
    },
    {
      where: at(11),
      context: 'tools',
      file: 'tools/Tool.Dockerfile',
      target: 'run',
      names: [
        { text: 'ghcr.io/o/tool:v1.2.0-rc.1', where: at(15) },
        { text: 'ghcr.io/o/tool:latest', where: at(16) },
      ],
      places: [{ ...at(15), value: '1.2.0-rc.1' }],
    },
  ])
})

test.each<[string, string, string | null]>([
  ['a context that is left out', '{build: {target: x}}', 'Dockerfile'],
  ['a folder', '{build: ./a/b/}', 'a/b/Dockerfile'],
  ['a Dockerfile beside the context', '{build: {context: a, dockerfile: ../b/Dockerfile.x}}', 'b/Dockerfile.x'],
  ['a default', '{build: "${HERE:-a}"}', 'a/Dockerfile'],
  ['no build', '{image: x}', null],
  ['a repository', '{build: https://git.example.invalid/a/b.git#main}', null],
  ['a repository by ssh', '{build: {context: git@git.example.invalid:a/b.git}}', null],
  ['a folder above', '{build: ..}', null],
  ['a Dockerfile above', '{build: {dockerfile: ../Dockerfile}}', null],
  ['a folder of the machine', '{build: {context: /tmp/x}}', null],
  ['a Dockerfile of the machine', '{build: {dockerfile: /tmp/Dockerfile}}', null],
  ['a home', '{build: ~/x}', null],
  ['a folder that is not known', '{build: "${HERE}"}', null],
  ['an inline Dockerfile', '{build: {dockerfile_inline: FROM x}}', null],
])('%s', async (_, service, file) => {
  const found = await services(` {a: ${service}}`)
  expect(found.map((each) => each.file)).toEqual(file === null ? [] : [file])
})

test.each<[string, string[]]>([
  ['ghcr.io/o/n:${TAG}', ['ghcr.io/o/n']],
  ['ghcr.io/o/n:${TAG:-latest}', ['ghcr.io/o/n:latest']],
  ['${NAME:-ghcr.io/o/n}:$TAG', ['ghcr.io/o/n']],
  ['localhost:5000/n:$TAG', ['localhost:5000/n']],
  ['${NAME}', []],
  ['$REGISTRY/n:1.0.0', []],
])('%s is called %j', async (image, names) => {
  const [found] = await services(` {a: {build: ., image: "${image}"}}`)
  expect(found?.names.map((each) => each.text)).toEqual(names)
})

test.each<[string, string[]]>([
  ['image: a/b:1.2.3', ['1.2.3']],
  ['image: a/b:v1.2.3', ['1.2.3']],
  ['image: localhost:5000/b:1.2.3-rc.1', ['1.2.3-rc.1']],
  ['image: a/b:1.2.3rc1', ['1.2.3rc1']],
  ['image: a/b:latest', []],
  ['image: a/b:1.2', []],
  ['image: a/b:1.2.3.4', []],
  ['image: a/b:1.2.3-slim', []],
  ['image: a/b:1.2.3-py311', []],
  ['image: a/b:cuda12.1.0', []],
  ['image: a/b-1.2.3', []],
  ['image: "a/b:${V:-1.2.3}"', ['1.2.3']],
  ['image: "a/b:v${V-1.2.3-rc.1}"', ['1.2.3-rc.1']],
  ['image: "a/b:${V:-1.2.3-slim}"', []],
  ['image: "a/b:${V:-1.2.3}-slim"', []],
  ['image: "a/b:${V:+1.2.3}"', []],
  ['image: "a/b:${V}"', []],
  ['container_name: b_v1.2.3', ['1.2.3']],
  ['container_name: b-1.2.3-rc.1', ['1.2.3-rc.1']],
  ['container_name: b1.2.3', ['1.2.3']],
  ['container_name: 1.2.3', ['1.2.3']],
  ['container_name: b_1.2.3_x', []],
  ['container_name: b-1.2.3.4', []],
  ['container_name: "b-${V:-1.2.3}"', ['1.2.3']],
  ['container_name: b_v1.2.3_x', ['1.2.3']],
  ['container_name: b_v1.2.3-rc.1-x2', ['1.2.3-rc.1']],
  ['container_name: b_v1.2.3.4_x', []],
  ['container_name: b_pg1.2.3_x', []],
])('%s holds %j', async (line, values) => {
  const [found] = await services(`\n  a:\n    ${line}\n    build: .\n`)
  expect(found?.places).toMatchObject(values.map((value) => ({ file: FILE, line: 3, value })))
})

test('reads the images of services that build nothing', async () => {
  const { users } = await readCompose(
    FILE,
    'services:\n  a:\n    image: o/n:1.2.3\n    container_name: a_v1.2.3\n  b: {image: "o/m:${TAG:-1.2.4}"}\n  c: {image: "${NAME}"}\n  d: {build: .., image: o/n:1.0.0}\n  e: {}\n',
  )
  expect(users.map(({ name, places }) => [name, places.map((each) => [each.line, each.value])])).toEqual([
    [
      'o/n',
      [
        [3, '1.2.3'],
        [4, '1.2.3'],
      ],
    ],
    ['o/m', [[5, '1.2.4']]],
  ])
})

test('anchors and merged mappings count where they are', async () => {
  const text = `x-base: &base
  build: &build { context: app, tags: &tags [ghcr.io/o/n:1.0.0] }
x-named: &named
  <<: *base
  image: o/n:2.0.0
services:
  a:
    <<: [{ container_name: c-3.0.0 }, *named]
    image: o/a:4.0.0
  b: *named
  c:
    build: { <<: *build, target: t }
`
  const found = await builds(text)
  expect(
    found.map(({ file, target, places }) => [file, target, places.map((each) => [each.line, each.value])]),
  ).toEqual([
    [
      'app/Dockerfile',
      undefined,
      [
        [9, '4.0.0'],
        [2, '1.0.0'],
        [8, '3.0.0'],
      ],
    ],
    [
      'app/Dockerfile',
      undefined,
      [
        [5, '2.0.0'],
        [2, '1.0.0'],
      ],
    ],
    ['app/Dockerfile', 't', [[2, '1.0.0']]],
  ])
})

test.each([
  ['', []],
  ['x', []],
  ['services: []', []],
  ['services:\n  a:\n', []],
  ['services: {a: *none}', []],
  ['services: {a: {build: [1]}}', ['Dockerfile']],
  ['services: {a: &a {<<: *a, build: .}}', ['Dockerfile']],
  ['services: {a: {build: ., image: [], tags: 1, container_name: {}}}', ['Dockerfile']],
  ['services: {a: {build: null, image: null}}', ['Dockerfile']],
  ['services: {a: {build: "x\\0y"}}', []],
])('reads %j without failing', async (text, files) => {
  expect((await builds(text)).map((each) => each.file)).toEqual(files)
})

const bomb = Array.from({ length: 60 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join('\n')
const merges = Array.from({ length: 60 }, (_, n) => `a${n + 1}: &a${n + 1} {<<: [*a${n}, *a${n}]}`).join('\n')
test.each([
  ['aliases', `a0: &a0 x\n${bomb}\nservices: {a: {build: ., tags: *a60}}`],
  ['merged mappings', `a0: &a0 {build: .}\n${merges}\nservices: {a: *a60}`],
])('does not expand %s', async (_, text) => {
  expect((await builds(text)).map((each) => each.file)).toEqual(['Dockerfile'])
})

test.each<[string, string | null, number]>([
  ['a broken line', 'services:\n  a:\n    build: .\n   image: x\n', 4],
  ['a sequence that is not closed', 'services: [\n\n', 3],
  ['a tab', 'services:\n\ta:\n', 2],
  ['two documents', 'services: {}\n---\nservices: {}\n', 2],
  ['brackets', '['.repeat(2 ** 17), 1],
  ['braces', '{a: '.repeat(2 ** 16), 1],
  ['dashes', '- '.repeat(2 ** 17), 1],
  ['a very long file', `${'x'.repeat(2 ** 18)}: y`, 1],
  ['a file that cannot be read', null, 1],
])('reports %s with its line', async (_, text, line) => {
  const failed = await readCompose(FILE, text).then(
    () => null,
    (cause: unknown) => cause,
  )
  expect(failed).toBeInstanceOf(ProblemError)
  expect((failed as ProblemError).problems).toMatchObject([
    { code: 'compose-unreadable', severity: 'warning', where: { file: FILE, line } },
  ])
})
