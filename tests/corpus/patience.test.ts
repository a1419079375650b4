import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../rehearsal/example.ts'
import { plant, type Tree } from '../unit/trees.ts'
import { CHANGELOG, crate, extension, manifest, maturin, members, pyproject } from './pieces.ts'

/** Pieces that make regular expressions backtrack when they are repeated up to the size of a file. */
const PIECES = [...' \t-_.#*/\\[]({<"\'`$:,=@1a~', '1.', '-1', 'a ', ' =', '$' + '{', '/compare/a']

/** Characters of a run. Quadratic time on it takes minutes, and 16 runs are within the size of a file that is read. */
const LENGTH = 300_000

/** Returns two texts with one line per piece, all with the same start and end: a match that fails at its end costs most. */
function runs(before: string): string[] {
  const lines = PIECES.map((each) => `${before}${each.repeat(LENGTH / each.length)}!\n`)
  return [lines.slice(0, 16).join(''), lines.slice(16).join('')]
}

const SINGLE: Tree = { ...crate('', 'demo'), 'CHANGELOG.md': CHANGELOG }
const IMAGE: Tree = { ...SINGLE, 'Cargo.toml': manifest('demo', 'repository = "https://github.com/owner/demo"\n') }
const EXTENSION: Tree = {
  ...crate('', 'demo', '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = "0.27"\n'),
  ...Object.fromEntries(Object.entries(maturin('x', 'demo', 'demo')).map(([file, text]) => [file.slice(2), text])),
}

const SCRIPTED: Tree = {
  ...SINGLE,
  '.github/workflows/a.yml':
    'on: push\njobs: { release: { runs-on: ubuntu-latest, steps: [{ run: ./release.sh }] } }\n',
}

/** Files of lines, with the starts of the lines. */
const LINES: [name: string, file: string, tree: Tree, begins: readonly string[]][] = [
  [
    'a changelog',
    'CHANGELOG.md',
    SINGLE,
    [
      '',
      '#',
      '## ',
      '## [',
      '## 1.2.0 ',
      '## 1.2.0-',
      '## [1.2.0](',
      '[1.2.0]: ',
      '[',
      '```',
      '- ',
      '1.2.0]: https://x/compare/',
    ],
  ],
  [
    'Rust',
    'src/lib.rs',
    EXTENSION,
    [
      '',
      '.add(',
      '.add("__version__"',
      '.add("__version__", "',
      '//',
      '"',
      "'",
      '// generated ',
      'dbg!() macro_rules! ',
    ],
  ],
  ['a changelog without sections', 'CHANGES.md', crate('', 'demo'), ['', '## ', '1.2.0', '1.2.0\n---']],
  [
    'Python',
    'python/demo/__init__.py',
    EXTENSION,
    ['', '__version__', '__version__:', '__version__ = "', '"""', 'import '],
  ],
  ['a Dockerfile', 'Dockerfile', IMAGE, ['', 'FROM ', 'RUN <<', 'ARG a=', 'COPY ', '# ', 'RUN "']],
  ['a guide', 'README.md', SINGLE, ['', 'cargo add ', 'pip install ', 'docs.rs/', '[', 'https://', '//a.b/crates/']],
  ['a citation', 'CITATION.cff', SINGLE, ['version: ', 'version: 1.2.0', 'version: "1.2.0-']],
  ['a lock file', 'Cargo.lock', SINGLE, ['', 'name = "', ' "', '[[package]]']],
  [
    'a script',
    'release.sh',
    SCRIPTED,
    ['', 'cargo publish ', 'cargo publish -p "', 'A=', 'for a in ', '    @cargo ', './'],
  ],
  ['a .gitignore', '.gitignore', { ...SINGLE, 'Cargo.lock': '' }, ['', 'Cargo.lock']],
]

/** Texts with a place for a run. */
const VALUES: [name: string, file: string, tree: Tree, around: (run: string) => string][] = [
  ['a heading', 'CHANGELOG.md', SINGLE, (run) => `## [1.2.0] ${run}\n\n- New.\n\n## Unreleased\n${run}\n`],
  ['an address', 'CHANGELOG.md', SINGLE, (run) => `## [1.2.0]\n\n- New.\n\n[1.2.0]: https://x${run}\n`],
  ['a tag in an address', 'CHANGELOG.md', SINGLE, (run) => `## [1.2.0]\n\n[1.2.0]: https://x/releases/tag/${run}\n`],
  ['a base', 'Dockerfile', IMAGE, (run) => `FROM ${run}\n`],
  ['a version', 'Cargo.toml', SINGLE, (run) => manifest('demo', '', `1.2.0${run}`)],
  ['a license', 'Cargo.toml', SINGLE, (run) => manifest('demo').replace('"MIT"', `"MIT${run}"`)],
  [
    'a requirement',
    'Cargo.toml',
    SINGLE,
    (run) => manifest('demo', `[dependencies]\ndemo = { path = ".", version = ">=1${run}" }\n`),
  ],
  [
    'a repository',
    'Cargo.toml',
    { ...SINGLE, Dockerfile: 'FROM scratch\n' },
    (run) => manifest('demo', `repository = "https://github.com/${run}"\n`),
  ],
  [
    'members',
    'Cargo.toml',
    { ...SINGLE, [`${'a'.repeat(200)}/Cargo.toml`]: '' },
    (run) => manifest('demo', `[workspace]\nmembers = ["a${run}"]\n`),
  ],
  ['a keyword', 'Cargo.toml', SINGLE, (run) => manifest('demo', `keywords = ["a${run}"]\n`)],
  [
    'requires-python',
    'pyproject.toml',
    {},
    (run) => pyproject('demo', 'hatchling.build').replace('>=3.9', `>=3.9${run}`),
  ],
  [
    'a classifier',
    'pyproject.toml',
    {},
    (run) => pyproject('demo', 'hatchling.build', `classifiers = ["a${run}"]\nlicense-files = ["${run}"]\n`),
  ],
  [
    'a dependency',
    'pyproject.toml',
    { 'README.md': 'pip install a\n' },
    (run) => pyproject('demo', 'hatchling.build', `dependencies = ["a${run}", "${run}"]\n`),
  ],
  [
    'uploaded paths',
    '.github/workflows/a.yml',
    EXTENSION,
    (run) =>
      `jobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "twine upload a/${run}\\nmaturin build --out ${run}\\ncp ${run}" }] } }\n`,
  ],
  [
    'a search for notes',
    '.github/workflows/a.yml',
    SINGLE,
    (run) =>
      `jobs: { a: { env: { A: "${run}" }, steps: [{ run: "TAG=$GITHUB_REF_NAME${run}\\nawk -v a=$GITHUB_REF_NAME '${run}' CHANGELOG.md | ${run}" }, { run: "${run}\\nsed ${run} CHANGELOG.md" }] } }\n`,
  ],
  ['a name', 'pyproject.toml', {}, (run) => pyproject(`a${run}`, 'hatchling.build')],
  ['a pattern of tags', 'slipway.toml', SINGLE, (run) => `tag = "a${run}{version}"\n`],
  [
    'a pattern of versions',
    'slipway.toml',
    { ...SINGLE, 'a.txt': 'v1.2.0-a.1-'.repeat(20_000) },
    (run) => `[[version-files]]\nfile = "a.txt"\npattern = "v{version}${run}"\n`,
  ],
  ['a command', 'slipway.toml', SINGLE, (run) => `gate = ["a${run}"]\n`],
  ['an image', 'slipway.toml', SINGLE, (run) => `[[images]]\nname = "ghcr.io/a${run}"\n`],
  [
    'a service',
    'compose.yaml',
    SINGLE,
    (run) => `services: { a: { build: ".", container_name: "1.2.0${run}", image: "a/a:1${run}" } }\n`,
  ],
  [
    'a step',
    '.github/workflows/a.yml',
    EXTENSION,
    (run) =>
      `jobs: { a: { runs-on: ubuntu-latest, steps: [{ uses: "a/upload-artifact${run}", with: { name: "${run}", path: "target/wheels${run}" } }, { run: "maturin build${run}" }] } }\n`,
  ],
]

/** Escapes a text for double quotes in TOML and YAML. */
const quoted = (text: string) => JSON.stringify(text).slice(1, -1)

/**
 * Plans the folders in one process. If one takes too long, the output that is returned ends with its name.
 * @returns for each folder, `planned` or the error
 */
function planned(dirs: readonly string[]): Promise<string[]> {
  const script = `
    const { planProject } = await import(process.argv[1])
    for (const dir of process.argv.slice(2)) {
      process.stdout.write(dir + ' ')
      const end = (text) => process.stdout.write(text + '\\n')
      await planProject(dir).then(() => end('planned'), (cause) => end(String(cause).slice(0, 200)))
    }`
  return new Promise((done, fail) => {
    const module = join(ROOT, 'packages/plan/src/plan.ts')
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, module, ...dirs]
    // Limits processor time, so that other load on the machine does not count.
    const limited = ['-c', 'ulimit -t 60 && exec "$@"', 'sh', process.execPath, ...args]
    const child = spawn('sh', limited, { env: { ...process.env, NODE_OPTIONS: '' } })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        said += chunk
      })
    child.once('error', fail)
    child.once('close', () => {
      done(
        dirs.map(
          (dir) =>
            said
              .split('\n')
              .find((each) => each.startsWith(`${dir} `))
              ?.slice(dir.length + 1) ?? said,
        ),
      )
    })
  })
}

/** Words of a workflow's commands, which must not be compared with each other. */
const WORDS = [
  'ls target/wheels a ',
  'python -m build --sdist ',
  'cp target/wheels/a py/target/wheels/a ',
  'maturin build -i 3.9 --out dist ',
  'twine upload dist/a ',
  'cd a; awk $GITHUB_REF_NAME CHANGELOG.md > ',
  'A=$GITHUB_REF_NAME awk -v a=$A CHANGELOG.md ',
  'echo A=$(echo ',
]

test('words of a workflow are read in linear time', async () => {
  const tree = Object.fromEntries([...Object.entries(maturin('py', 'demo', 'demo')), ['CHANGELOG.md', CHANGELOG]])
  const texts = WORDS.flatMap((each) =>
    [each, each.trim().concat('\n          ')].map((word) => word.repeat(240_000 / word.length)),
  )
  const steps = (run: string) =>
    `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/upload-artifact@v4\n        with: { path: dist }\n      - run: |\n          ${run}\n`
  const files = ['a', 'b', 'c'].map((each) => `.github/workflows/${each}.yml`)
  const dirs = await Promise.all(
    texts.map((text) =>
      plant({
        ...tree,
        ...crate('core', 'core'),
        ...extension('py', 'demo'),
        'Cargo.toml': members(['core', 'py']),
        ...Object.fromEntries(files.map((file) => [file, steps(text)])),
      }),
    ),
  )
  expect(await planned(dirs)).toEqual(texts.map(() => 'planned'))
})

test.each(LINES)('lines of %s are read in linear time', async (_, file, tree, begins) => {
  const texts = begins.flatMap(runs).map((each) => (file === 'CHANGELOG.md' ? CHANGELOG + each : each))
  const dirs = await Promise.all(texts.map((text) => plant({ ...tree, [file]: text })))
  expect(await planned(dirs)).toEqual(texts.map(() => 'planned'))
})

test.each(VALUES)('%s is read in linear time', async (_, file, tree, around) => {
  // The TOML parser accepts no longer strings.
  const [length, written] = /\.(?:toml|ya?ml)$/.test(file) ? [60_000, quoted] : [2_000_000, (text: string) => text]
  const texts = PIECES.map((each) => around(`${written(each).repeat(length / each.length)}!`))
  const dirs = await Promise.all(texts.map((text) => plant({ ...tree, [file]: text })))
  expect(await planned(dirs)).toEqual(texts.map(() => 'planned'))
})
