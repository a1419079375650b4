import { expect, test } from '@jest/globals'
import { expression, reported, UPLOAD, wheels } from './workflow.ts'

const PLAIN = 'warning workflow-wheels-not-manylinux'
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
  ['for manylinux', wheels('maturin build --zig --compatibility manylinux_2_17'), []],
  ['without manylinux', wheels('maturin build --compatibility off'), [`${PLAIN} :6`]],
  ['on a Mac', wheels('maturin build', 'macos-latest'), []],
  ['in a container', `container: quay.example.invalid/manylinux\n${wheels('maturin build')}`, []],
  ['only for tests', wheels('maturin build').replace('twine upload', 'pip install'), []],
  [
    "by maturin's action, without",
    'runs-on: ubuntu-latest\nsteps:\n  - uses: PyO3/maturin-action@v1\n    with:\n      manylinux: "off"\n  - uses: actions/upload-artifact@v4',
    [`${PLAIN} :8`],
  ],
  ['and not uploaded', wheels('|\n      maturin build\n      maturin sdist --out dist'), []],
  [
    'and uploaded with others',
    wheels('|\n      maturin build --out dist\n      maturin sdist --out dist'),
    [`${PLAIN} :7`],
  ],
  [
    'and moved to the uploaded files',
    wheels('|\n      maturin build\n      cp target/wheels/* dist\n      maturin sdist --out dist'),
    [`${PLAIN} :7`],
  ],
  ['and only sdists uploaded', wheels('maturin build --sdist --out dist').replace('dist/*', 'dist/*.tar.gz'), []],
  ['with arguments of an expression', wheels(`maturin build ${expression('matrix.args')}`), []],
  ['with arguments of a variable', wheels('maturin build $ARGS'), []],
  [
    'without manylinux, with such arguments',
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
  ['and published at once, without manylinux', wheels('maturin publish --manylinux off'), [`${PLAIN} :6`]],
  [
    'for tests, before others are published at once',
    wheels('maturin build --out dist').replace('twine upload dist/*', 'maturin publish --zig --manylinux 2014'),
    [],
  ],
  ['and published at once, for manylinux', wheels('maturin publish --zig --manylinux 2014'), []],
  ['for manylinux, unchecked', wheels('maturin build --skip-auditwheel --compatibility manylinux2014'), []],
  [
    "by maturin's action, for linux",
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
  expect(await reported(lines)).toEqual(expected)
})

test.each([
  ['other', []],
  ['py', [`${PLAIN} :6`]],
])('a build of the package %s', async (folder, expected) => {
  const other =
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "other"\nversion = "1.2.0rc1"\n'
  expect(await reported(wheels(`python -m build ${folder}`), { 'other/pyproject.toml': other })).toEqual(expected)
})
