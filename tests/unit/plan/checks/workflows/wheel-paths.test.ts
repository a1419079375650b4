import { expect, test } from '@jest/globals'
import { workspace } from '../../../trees.ts'
import { expression, reported, UPLOAD } from './workflow.ts'

const PY = workspace()['py/Cargo.toml'] as string
const ELSEWHERE = 'warning workflow-wheels-elsewhere'
test.each([
  ["the workspace's", `steps:\n  - run: maturin build --zig -m py/Cargo.toml\n  ${UPLOAD}target/wheels/*.whl`, []],
  ["a member's", `steps:\n  ${UPLOAD}py/target/wheels`, [`${ELSEWHERE} :8`]],
  [
    "a member's, among others",
    `steps:\n  ${UPLOAD}|\n        dist/*\n        ./py/target/wheels/*.whl`,
    [`${ELSEWHERE} :8`],
  ],
  [
    "a member's, by a command",
    'steps:\n  - run: |\n      ls\n      twine upload py/target/wheels/*',
    [`${ELSEWHERE} :7`],
  ],
  [
    "a member's, by a command in it",
    'steps:\n  - run: twine upload target/wheels/*\n    working-directory: py',
    [`${ELSEWHERE} :5`],
  ],
  [
    'made there by an option',
    `steps:\n  - run: maturin build --zig --out py/target/wheels\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  [
    "a member's, to publish them",
    'steps:\n  - uses: pypa/gh-action-pypi-publish@v1\n    with:\n      packages-dir: py/target/wheels/',
    [`${ELSEWHERE} :7`],
  ],
  [
    "a member's, for a release",
    'steps:\n  - uses: softprops/action-gh-release@v2\n    with:\n      files: py/target/wheels/*.whl',
    [`${ELSEWHERE} :7`],
  ],
  [
    "a member's, by the checkout's name",
    `steps:\n  ${UPLOAD}${expression('github.workspace')}/py/target/wheels`,
    [`${ELSEWHERE} :8`],
  ],
  [
    "a member's, after going there",
    'steps:\n  - run: |\n      cd py && maturin build --zig\n      mkdir -p ../dist && cp target/wheels/*.whl ../dist',
    [`${ELSEWHERE} :7`],
  ],
  [
    "the workspace's, after going there and back",
    'steps:\n  - run: |\n      (cd py && maturin build --zig)\n      twine upload target/wheels/*',
    [],
  ],
  ["the workspace's, from there", 'steps:\n  - run: |\n      cd py\n      twine upload ../target/wheels/*', []],
  [
    "a member's, beside an sdist and a download",
    `steps:\n  - run: |\n      curl -o x example.invalid\n      maturin sdist --out dist\n  ${UPLOAD}py/target/wheels`,
    [`${ELSEWHERE} :11`],
  ],
  [
    'a separate target folder',
    `steps:\n  - run: maturin build --zig\n    env: {CARGO_TARGET_DIR: py/target}\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  ["a target folder of the job's", `env: {CARGO_TARGET_DIR: py/target}\nsteps:\n  ${UPLOAD}py/target/wheels`, []],
  [
    'a folder that a step fills',
    `steps:\n  - run: cp target/wheels/*.whl py/target/wheels/\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  [
    'a folder with downloads',
    `steps:\n  - uses: actions/download-artifact@v4\n    with: {path: py/target/wheels}\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  ["another folder's", `steps:\n  ${UPLOAD}web/target/wheels`, []],
])('wheels are read from %s', async (_, lines, expected) => {
  expect(await reported(lines)).toEqual(expected)
})

test('outside a workspace, a package has its own target folder', async () => {
  const alone = {
    'Cargo.toml': null,
    'core/Cargo.toml': null,
    'py/Cargo.toml': PY.replace('demo.workspace = true\n', '').replace(
      'version.workspace = true',
      'version = "1.2.0-rc.1"',
    ),
  }
  expect(await reported(`steps:\n  ${UPLOAD}py/target/wheels`, alone)).toEqual([])
})
