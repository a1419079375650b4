import { expect, test } from '@jest/globals'
import { workspace } from './trees.ts'
import { expression, FILE, told } from './workflow.ts'

const PY = workspace()['py/Cargo.toml'] as string

const UPLOAD = '- uses: actions/upload-artifact@v4\n    with:\n      name: wheels\n      path: '
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
    'a target folder of its own',
    `steps:\n  - run: maturin build --zig\n    env: {CARGO_TARGET_DIR: py/target}\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  ["a target folder of the job's", `env: {CARGO_TARGET_DIR: py/target}\nsteps:\n  ${UPLOAD}py/target/wheels`, []],
  ['what was put there', `steps:\n  - run: cp target/wheels/*.whl py/target/wheels/\n  ${UPLOAD}py/target/wheels`, []],
  [
    'what was downloaded',
    `steps:\n  - uses: actions/download-artifact@v4\n    with: {path: py/target/wheels}\n  ${UPLOAD}py/target/wheels`,
    [],
  ],
  ["another folder's", `steps:\n  ${UPLOAD}web/target/wheels`, []],
])('wheels are taken from %s', async (_, lines, expected) => {
  expect(await told(lines)).toEqual(expected)
})

test('outside of a workspace a package has its own wheels', async () => {
  const alone = {
    'Cargo.toml': null,
    'core/Cargo.toml': null,
    'py/Cargo.toml': PY.replace('demo.workspace = true\n', '').replace(
      'version.workspace = true',
      'version = "1.2.0-rc.1"',
    ),
  }
  expect(await told(`steps:\n  ${UPLOAD}py/target/wheels`, alone)).toEqual([])
})

const PLAIN = 'warning workflow-wheels-not-manylinux'
const wheels = (run: string, runner = 'ubuntu-latest') =>
  `runs-on: ${runner}\nsteps:\n  - run: ${run}\n  - run: twine upload dist/*`
test.each([
  ['by maturin alone', wheels('maturin build --release'), [`${PLAIN} :6`]],
  ['on a line of several', wheels('|\n      ls\n      maturin build \\\n        --release'), [`${PLAIN} :8`]],
  [
    'with the option on the next line',
    wheels('|\n      ls\n      maturin build \\\n        --compatibility manylinux_2_17'),
    [],
  ],
  ['by pip', wheels('pip wheel . -w dist'), [`${PLAIN} :6`]],
  ['by pip, of an index', wheels('pip wheel -r py/requirements.txt numpy -w dist/wheels'), []],
  ['by build', wheels('python -m build py'), [`${PLAIN} :6`]],
  ['not at all', wheels('python -m build --sdist py'), []],
  ['in a comment', wheels('|\n      # maturin build\n      ls'), []],
  ['for a manylinux', wheels('maturin build --zig --compatibility manylinux_2_17'), []],
  ['for none', wheels('maturin build --compatibility off'), [`${PLAIN} :6`]],
  ['on a Mac', wheels('maturin build', 'macos-latest'), []],
  ['in a container', `container: quay.example.invalid/manylinux\n${wheels('maturin build')}`, []],
  ['to be tested only', wheels('maturin build').replace('twine upload', 'pip install'), []],
  [
    "by maturin's action, without",
    'runs-on: ubuntu-latest\nsteps:\n  - uses: PyO3/maturin-action@v1\n    with:\n      manylinux: "off"\n  - uses: actions/upload-artifact@v4',
    [`${PLAIN} :8`],
  ],
  ['and are not handed on', wheels('|\n      maturin build\n      maturin sdist --out dist'), []],
  [
    'and are handed on with others',
    wheels('|\n      maturin build --out dist\n      maturin sdist --out dist'),
    [`${PLAIN} :7`],
  ],
  [
    'and are moved to what is handed on',
    wheels('|\n      maturin build\n      cp target/wheels/* dist\n      maturin sdist --out dist'),
    [`${PLAIN} :7`],
  ],
  ['and only sdists are handed on', wheels('maturin build --sdist --out dist').replace('dist/*', 'dist/*.tar.gz'), []],
  ['by arguments that GitHub puts in', wheels(`maturin build ${expression('matrix.args')}`), []],
  ['by arguments that the shell puts in', wheels('maturin build $ARGS'), []],
  [
    'for none, by such arguments',
    wheels(`maturin build --skip-auditwheel ${expression('matrix.args')}`),
    [`${PLAIN} :6`],
  ],
  [
    'on another system',
    wheels('maturin build').replace('- run: maturin', "- if: runner.os != 'Linux'\n    run: maturin"),
    [],
  ],
  [
    'when there is a tag',
    wheels('maturin build').replace('- run: maturin', "- if: github.ref_type == 'tag'\n    run: maturin"),
    [`${PLAIN} :7`],
  ],
  ['by uv', wheels('uv build --wheel --out-dir dist py'), [`${PLAIN} :6`]],
  ['by uv in the folder', wheels('uv build').replace('build\n', 'build\n    working-directory: py\n'), [`${PLAIN} :6`]],
  ['by uv, not at all', wheels('uv build --sdist py'), []],
  ['by build alone', wheels('pipx run build --sdist --wheel py'), [`${PLAIN} :6`]],
  ['by a short name', wheels('maturin b -r'), [`${PLAIN} :6`]],
  ['and published at once', wheels('maturin publish').replace('twine upload', 'ls'), [`${PLAIN} :6`]],
  ['and published at once, for none', wheels('maturin publish --manylinux off'), [`${PLAIN} :6`]],
  ['and published at once, as they should', wheels('maturin publish --zig --manylinux 2014'), []],
  ['for a manylinux that is not checked', wheels('maturin build --skip-auditwheel --compatibility manylinux2014'), []],
  [
    "by maturin's action, for none",
    'runs-on: ubuntu-latest\nsteps:\n  - uses: PyO3/maturin-action@v1\n    with:\n      args: --release --compatibility linux\n  - uses: actions/upload-artifact@v4',
    [`${PLAIN} :8`],
  ],
  [
    'and tested, with a report',
    `${wheels('maturin build --out dist').replace(/- run: twine.*/, UPLOAD)}coverage.xml`,
    [],
  ],
  ['and tested, with reports', `${wheels('pip wheel py -w dist').replace(/- run: twine.*/, UPLOAD)}htmlcov`, []],
  ...['target/criterion', 'build/test-output', 'target/release/demo'].map((path): [string, string, string[]] => [
    `and tested, with ${path}`,
    `${wheels('maturin build').replace(/- run: twine.*/, UPLOAD)}${path}`,
    [],
  ]),
  [
    'and kept after a failure',
    `${wheels('pip wheel py -w dist').replace(/- run: twine.*/, UPLOAD.replace('- uses', '- if: failure()\n    uses'))}dist`,
    [],
  ],
  ['and uploaded', `${wheels('pip wheel py -w dist').replace(/- run: twine.*/, UPLOAD)}dist`, [`${PLAIN} :6`]],
  ['in a container by a command', wheels('docker run image maturin build'), []],
  [
    "by maturin's action, by other arguments",
    'runs-on: ubuntu-latest\nsteps:\n  - uses: PyO3/maturin-action@v1\n    with:\n      manylinux: "off"\n      args: --zig\n  - uses: actions/upload-artifact@v4',
    [],
  ],
])('wheels for Linux are built %s', async (_, lines, expected) => {
  expect(await told(lines)).toEqual(expected)
})

test.each([
  ['other', []],
  ['py', [`${PLAIN} :6`]],
])('a build of the package %s', async (folder, expected) => {
  const other =
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "other"\nversion = "1.2.0rc1"\n'
  expect(await told(wheels(`python -m build ${folder}`), { 'other/pyproject.toml': other })).toEqual(expected)
})

test.each(['py', 'py-version', 'python_version'])('a matrix of Pythons by the name %s', async (key) => {
  expect(await told(perPython('["3.9", "3.10"]').replace('python-version', key))).toEqual([
    'notice workflow-wheel-per-python :9',
  ])
})

test('a matrix of Pythons that wheels are tested by', async () => {
  const tests = perPython('["3.9", "3.10"]', 'pytest').replace('build', 'build --out dist')
  expect(
    await told(
      `${tests}\n  ${UPLOAD}coverage.xml`.replace('name: wheels', `name: "${expression('matrix.python-version')}"`),
    ),
  ).toEqual([])
})

test.each(['-i python3.9 python3.10', '--interpreter 3.9 3.10 3.11'])('maturin builds for %s', async (list) => {
  const lines = wheels(`maturin build --zig ${list}`)
  const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
  expect(await told(lines, without)).toEqual(['notice workflow-wheel-per-python :6'])
  // Of a stable ABI it builds one.
  expect(await told(lines)).toEqual([])
})

const perPython = (pythons: string, hand = 'twine upload dist/*') =>
  `runs-on: macos-latest\nstrategy:\n  matrix:\n    python-version: ${pythons}\nsteps:\n  - run: maturin build\n  - run: ${hand}`
test.each([
  ['several', perPython('["3.9", "3.10"]'), ['notice workflow-wheel-per-python :9']],
  ['one', perPython('["3.9"]'), []],
  [
    'several, spelt otherwise',
    perPython('[{interpreter: python3.9, publish: true}, {interpreter: python3.10, publish: true}]'),
    ['notice workflow-wheel-per-python :9'],
  ],
  ['several without quotes', perPython('[3.9, 3.10]'), ['notice workflow-wheel-per-python :9']],
  ['one and a free-threaded', perPython('["abi3", "3.14", "3.14t", "pypy3.10"]'), []],
  [
    'one for each of two targets',
    perPython('["3.9"]\n    include: [{python-version: "3.9", target: a}, {python-version: "3.9", target: b}]'),
    [],
  ],
  ['several, to be tested', perPython('["3.9", "3.10"]', 'pytest'), []],
])('wheels of %s Pythons', async (_, lines, expected) => {
  expect(await told(lines)).toEqual(expected)
  const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
  expect(await told(lines, without)).toEqual(expected)
})

test.each([
  ['is broken', 'jobs: {a: [wheel\n', [`warning workflow-unreadable :2`]],
  ['is no mapping', '- wheel\n', []],
  ['has odd shapes', 'jobs:\n  wheel: {steps: {run: 1}, strategy: [], runs-on: {group: x}}\n  b:\n  c: [1]\n', []],
  ['holds itself', 'jobs: &a\n  wheel: *a\n  steps: *a\n', []],
  ['is of another kind', 'wheel: [', [], '.github/workflows/notes.txt'],
])('a workflow that %s', async (_, text, expected, file = FILE) => {
  expect(await told('', { [FILE]: null, [file]: text })).toEqual(expected)
})

test('what a workflow of aliases hands on costs little', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `        pip wheel py -w x${index}\n`).join('')
  const steps = `x: &s\n  - uses: actions/upload-artifact@v4\n    with: {path: wheels}\n  - run: &r |\n${lines}${'  - run: *r\n'.repeat(198)}`
  const jobs = Array.from({ length: 100 }, (_, index) => `  j${index}: {runs-on: ubuntu-latest, steps: *s}\n`).join('')
  const found = await told('', { [FILE]: `${steps}jobs:\n${jobs}` })
  expect(found.filter((each) => each.startsWith(PLAIN))).toHaveLength(100)
})

test('a workflow of aliases costs little', async () => {
  const steps = `x: &s\n${'  - run: maturin build wheel\n'.repeat(4_000)}`
  const jobs = Array.from({ length: 4_000 }, (_, index) => `  j${index}: {steps: *s}\n`).join('')
  expect(await told('', { [FILE]: `${steps}jobs:\n${jobs}` })).toEqual([])
})

test('that one wheel may do is told once a file, that wheels clash in each job', async () => {
  const job = (name: string) => `  ${name}:\n${perPython('["3.9", "3.10"]').replace(/^/gm, '    ')}\n`
  const two = { [FILE]: `on: push\njobs:\n${job('a')}${job('b')}` }
  expect(await told('', two)).toEqual(['notice workflow-wheel-per-python :9', 'notice workflow-wheel-per-python :17'])
  const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
  expect(await told('', { ...two, ...without })).toEqual(['notice workflow-wheel-per-python :9'])
})
