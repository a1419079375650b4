import type { Tree } from '../unit/trees.ts'
import { type Bad, BINDINGS, CHANGELOG, crate, members, SINGLE, WORKFLOW } from './pieces.ts'

/** Returns a project with a workflow whose job has these steps. @param more lines before the steps */
function workflow(steps: string, more = '    runs-on: ubuntu-latest\n'): Tree {
  return { ...BINDINGS, [WORKFLOW]: `on: push\njobs:\n  wheels:\n${more}    steps:\n${steps}` }
}

const GOOD_BUILD = '      - run: maturin build --zig --compatibility manylinux_2_17\n        working-directory: py\n'

/** Mistakes in projects' own workflows, all seen in real ones. */
export const BAD_WORKFLOWS: Record<string, Bad> = {
  'the tag has a v, and the changelog has only another version': {
    files: { ...SINGLE, 'CHANGELOG.md': '# Changelog\n\n## [1.1.0] - 2025-05-01\n\n- Old.\n' },
    tag: 'v1.2.0',
    problems: ['warning changelog-section-missing CHANGELOG.md:1'],
  },
  'the tag has a v, and the changelog’s section is empty': {
    files: { ...SINGLE, 'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-05-01\n\n## [1.1.0] - 2025-04-01\n' },
    tag: 'v1.2.0',
    problems: ['warning changelog-section-missing CHANGELOG.md:3'],
  },
  'the section of the changelog says that there is nothing yet': {
    files: {
      ...SINGLE,
      'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-05-01\n\nNothing yet!\n\n## [1.1.0]\n\n- Old.\n',
    },
    problems: ['warning changelog-section-missing CHANGELOG.md:3'],
  },
  'the section of the changelog has only the headings of a template': {
    files: { ...SINGLE, 'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-05-01\n\n### Added\n\n### Fixed\n' },
    problems: ['warning changelog-section-missing CHANGELOG.md:3'],
  },
  'a workflow searches for the tag with its v in a changelog whose headings have none': {
    files: {
      ...SINGLE,
      [WORKFLOW]:
        'on: push\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          TAG=$GITHUB_REF_NAME\n          sed -n "/^## \\[$TAG\\]/,/^## /p" CHANGELOG.md > notes.md\n',
    },
    problems: [`warning workflow-notes-by-tag ${WORKFLOW}:8`],
  },
  'a search for a version that only one arm of an `if` gives a v': {
    files: {
      ...SINGLE,
      [WORKFLOW]:
        'on: push\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          if [ "$GITHUB_REF_TYPE" = tag ]; then\n            VERSION=$(echo "$GITHUB_REF" | sed "s|refs/tags/||")\n          else\n            VERSION=$(cat version.txt)\n          fi\n          sed -n "/## \\[$VERSION\\]/,/^## /p" CHANGELOG.md > notes.md\n',
    },
    problems: [`warning workflow-notes-by-tag ${WORKFLOW}:12`],
  },
  'a search for the tag with its v through an output, and artifacts of several jobs with one name': {
    files: {
      ...SINGLE,
      [WORKFLOW]: `on: push
jobs:
  release:
    strategy: { matrix: { os: [ubuntu-latest, macos-latest], python: ["3.9", "3.13"] } }
    runs-on: \${{ matrix.os }}
    steps:
      - id: v
        run: echo "version=\${GITHUB_REF#refs/tags/}" >> "$GITHUB_OUTPUT"
      - run: sed -n "/## \\[\${{ steps.v.outputs.version }}\\]/,/## \\[/p" CHANGELOG.md > notes.md
      - uses: actions/upload-artifact@v4
        with: { name: "notes-\${{ matrix.os }}", path: notes.md }
`,
    },
    problems: [`warning workflow-artifact-name-repeats ${WORKFLOW}:11`, `warning workflow-notes-by-tag ${WORKFLOW}:9`],
  },
  'wheels are read from the folder of a member': {
    files: workflow(
      `${GOOD_BUILD}      - uses: actions/upload-artifact@v4\n        with:\n          name: wheels\n          path: py/target/wheels\n`,
    ),
    problems: [`warning workflow-wheels-elsewhere ${WORKFLOW}:11`],
  },
  'a crate depends on the core only by path': {
    files: {
      ...BINDINGS,
      ...crate('cli', 'demo-cli', '[dependencies]\n\ndemo = { path = "../core" }\n', ''),
      'Cargo.toml': members(['core', 'py', 'cli']),
    },
    problems: ['error path-dependency-without-version cli/Cargo.toml:9'],
  },
  'wheels get the tag `linux`': {
    files: workflow(
      '      - run: |\n          cd py\n          maturin build --release --skip-auditwheel --out dist\n      - uses: actions/upload-artifact@v4\n        with: { name: wheels, path: py/dist }\n',
    ),
    problems: [`warning workflow-wheels-not-manylinux ${WORKFLOW}:8`],
  },
  'a wheel for each Python, where one is enough, and one name for all of them': {
    files: workflow(
      `${GOOD_BUILD.replace('\n', ' --out dist\n')}      - uses: actions/upload-artifact@v4\n        with:\n          name: wheels\n          path: py/dist\n`,
      '    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        python-version: ["3.9", "3.13"]\n',
    ),
    problems: [
      `warning workflow-artifact-name-repeats ${WORKFLOW}:13`,
      `notice workflow-wheel-per-python ${WORKFLOW}:9`,
    ],
  },
  'one name for an artifact of every job, and another for an artifact of one job': {
    files: {
      ...SINGLE,
      [WORKFLOW]:
        "on: push\njobs:\n  build:\n    strategy: { matrix: { os: [a, b] } }\n    steps:\n      - if: matrix.os == 'a'\n        uses: actions/upload-artifact@v4\n        with: { name: one }\n      - uses: actions/upload-artifact@v4\n        with: { name: all }\n",
    },
    problems: [`warning workflow-artifact-name-repeats ${WORKFLOW}:10`],
  },
  'the documentation names an unpublished crate, and a dependency': {
    files: {
      'Cargo.toml': members(['core', 'cli', 'tool']),
      ...crate('core', 'demo-core', '[dependencies]\ndemo = "1"\n', ''),
      ...crate('cli', 'demo-cli', '', ''),
      ...crate('tool', 'demo-tool', 'publish = false\n', ''),
      'CHANGELOG.md': CHANGELOG,
      'README.md': '# Demo\n\n    cargo add demo\n    cargo install demo-tool\n    pip install demo-core\n',
    },
    problems: ['warning docs-crate-name-differs README.md:4'],
  },
  'the documentation has another name of the crate': {
    files: {
      ...crate('', 'demo-python', '[lib]\nname = "demo"\n'),
      'CHANGELOG.md': CHANGELOG,
      'README.md': '# Demo\n\n    cargo add demo\n',
    },
    problems: ['warning docs-crate-name-differs README.md:3'],
  },
}
