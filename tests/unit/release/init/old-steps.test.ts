import { expect, test } from '@jest/globals'
import type { OldStep } from '@slipway/release/init/old-steps'
import type { Tree } from '../../trees.ts'
import { HAND_MADE, init, PROJECTS, planted, RELEASE } from './projects.ts'

const shown = ({ where, what, becomes }: OldStep) => `${where.line} ${what} -> ${becomes}`

/** Returns what becomes of the steps of a workflow that publishes the crate as its last step. */
async function steps(lines: string, more: Tree = {}): Promise<OldStep[]> {
  const text = `on: { push: { tags: ["v*"] } }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${lines.replace(/^/gm, '      ')}\n      - run: cargo publish\n`
  const made = await init(await planted({ ...PROJECTS.crate, [RELEASE]: text, ...more }))
  return made.steps.slice(0, -1)
}

test('each step of a hand-made workflow becomes something, at its line', async () => {
  const made = await init(await planted(PROJECTS['hand-made workflow']))
  const rows = made.steps.filter((each) => each.becomes !== 'nothing').map(shown)
  expect(rows).toEqual([
    '31 apt-get update -> yours',
    '34 cargo fmt --all -- --check -> gate',
    '36 cargo clippy --workspace -- -D warnings -> gate',
    '38 cargo test --workspace -> gate',
    '40 cargo publish -p demo --dry-run -> gate',
    '42 cargo tarpaulin --out Xml -> yours',
    '43 codecov/codecov-action@v4 -> yours',
    '55 echo version=$' + '{GITHUB_REF#refs/tags/v} -> plan',
    '56 Compare -> yours',
    ...[75, 96, 119].map((line) => `${line} PyO3/maturin-action@v1 -> build-wheels`),
    '134 PyO3/maturin-action@v1 (maturin sdist) -> build-wheels',
    '155 twine check dist/* -> build-wheels',
    '157 twine upload --repository testpypi dist/* -> publish-pypi',
    '161 pypa/gh-action-pypi-publish@release/v1 -> publish-pypi',
    '175 cargo publish -p demo -> publish-crate',
    '189 docker/metadata-action@v5 -> push-image',
    '195 docker/build-push-action@v6 -> push-image',
    '212 awk /^## /{n++} n==1 CHANGELOG.md -> plan',
    '213 sha256sum dist/* -> create-release',
    '214 softprops/action-gh-release@v2 -> create-release',
    '221 ./scripts/announce.sh $' + '{{ needs.version.outputs.version }} -> yours',
    '222 peaceiris/actions-gh-pages@v4 -> yours',
  ])
  // No step is left out.
  const lines = HAND_MADE.split('\n').flatMap((line, at) => (/^ {6}- /.test(line) ? [at + 1] : []))
  expect(lines.length).toBeGreaterThan(40)
  const isListed = (line: number, at: number) =>
    made.steps.some(({ where }) => where.line >= line && where.line < (lines[at + 1] ?? 999))
  expect(lines.filter((line, at) => !isListed(line, at))).toEqual([])
})

test('an unknown step goes to the gate before the release, and into a job after it', async () => {
  const made = await init(await planted(PROJECTS['hand-made workflow']))
  const how = (line: number) => made.steps.find(({ where }) => where.line === line)?.how
  expect([how(43), how(221)]).toEqual([
    expect.stringContaining('`gate`'),
    expect.stringContaining('follows the release'),
  ])
})

test.each([
  ['- run: maturin publish --skip-existing', ['6 maturin publish --skip-existing -> publish-pypi']],
  ['- run: uv build && uv publish', ['6 uv build -> build-wheels', '6 uv publish -> publish-pypi']],
  [
    '- run: |\n    gh release view v1\n    gh release create v1 x',
    ['7 gh release view v1 -> plan', '8 gh release create v1 x -> create-release'],
  ],
  [
    '- run: docker build -t a/b . && docker push a/b',
    ['6 docker build -t a/b . -> push-image', '6 docker push a/b -> push-image'],
  ],
  [
    '- { uses: PyO3/maturin-action@v1, with: { command: upload } }',
    ['6 PyO3/maturin-action@v1 (maturin upload) -> publish-pypi'],
  ],
  [
    '- { uses: actions-rs/cargo@v1, with: { command: publish } }',
    ['6 actions-rs/cargo@v1 (cargo publish) -> publish-crate'],
  ],
  ['- uses: actions/attest-build-provenance@v2', ['6 actions/attest-build-provenance@v2 -> attest']],
  ['- run: npm publish', ['6 npm publish -> yours']],
  ['- run: bash -c "twine upload dist/*"', ['6 bash -c twine upload dist/* -> publish-pypi']],
  ['- run: bump2version minor', ['6 bump2version minor -> slipway bump']],
  ['- uses: ./.github/actions/own', ['6 ./.github/actions/own -> yours']],
])('%j', async (lines, expected) => {
  expect((await steps(lines)).map(shown)).toEqual(expected)
})

test('a script that a step calls counts, at its own line', async () => {
  const script = 'set -e\ncargo test\ncargo publish -p demo\n'
  const found = await steps('- run: ./scripts/ship.sh', { 'scripts/ship.sh': script })
  expect(found.map(({ where, becomes }) => `${where.file}:${where.line} ${becomes}`)).toEqual([
    `${RELEASE}:6 yours`,
    'scripts/ship.sh:3 publish-crate',
  ])
})

test('an action of the project itself counts by its publishing steps', async () => {
  const action =
    'runs:\n  using: composite\n  steps:\n    - run: ls\n    - uses: softprops/action-gh-release@v2\n    - run: uv publish\n'
  const found = await steps('- uses: ./.github/actions/ship', { '.github/actions/ship/action.yml': action })
  expect(found.map(({ where, becomes }) => `${where.file}:${where.line} ${becomes}`)).toEqual([
    `${RELEASE}:6 yours`,
    '.github/actions/ship/action.yml:5 create-release',
    '.github/actions/ship/action.yml:6 publish-pypi',
  ])
})

test('a long command is cut, and on one line', async () => {
  const [found] = await steps(`- run: >-\n    twine upload\n    "a\n    b" $${'{x}'} ${'dist '.repeat(40)}`)
  expect(found?.what).toMatch(/^twine upload a b .{30,}…$/)
  expect(found?.what.length).toBe(60)
})

test('the gate takes commands that need no shell, in the project’s folder', async () => {
  const lines =
    '- run: cargo test --all\n- run: cargo test $FLAGS\n- run: cargo doc | tee x\n- { run: cargo fmt, working-directory: sub }'
  const found = await steps(lines)
  expect(found.map((each) => each.becomes)).toEqual(['gate', 'gate', 'gate', 'gate'])
  const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${lines.replace(/^/gm, '      ')}\n      - run: cargo publish\n`
  const made = await init(await planted({ ...PROJECTS.crate, [RELEASE]: text }))
  const settings = made.files.find((each) => each.file === 'slipway.toml')?.text ?? ''
  expect(settings).toContain('"cargo test --all"')
  expect(settings).not.toMatch(/FLAGS|cargo fmt/)
})

test('a called workflow is read with its caller', async () => {
  const caller = 'on: { push: { tags: ["v*"] } }\njobs: { a: { uses: ./.github/workflows/publish.yml } }\n'
  const called = 'on: workflow_call\njobs: { a: { runs-on: x, steps: [{ run: twine upload dist/* }] } }\n'
  const made = await init(
    await planted({ ...PROJECTS.python, [RELEASE]: caller, '.github/workflows/publish.yml': called }),
  )
  expect(made.steps.map(({ where, becomes }) => `${where.file} ${becomes}`)).toEqual([
    '.github/workflows/publish.yml publish-pypi',
    `${RELEASE} nothing`,
  ])
})

test('a file that is not YAML, which GitHub does not run, is left alone', async () => {
  const made = await init(await planted({ ...PROJECTS.crate, [RELEASE]: 'on: [\n' }))
  expect([made.steps, made.files[0]?.file]).toEqual([[], '.github/workflows/slipway.yml'])
})
