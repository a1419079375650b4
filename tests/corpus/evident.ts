import type { Tree } from '../unit/trees.ts'
import { CHANGELOG, crate, extension, maturin, members, pure } from './pieces.ts'

/** A repository with earlier releases, and what its plan must find. */
export interface Evident {
  files: Tree
  /** The tags in git. */
  tags?: readonly string[]
  /** Files as they were at a tag, if they differ from now: by tag and file. */
  before?: Record<string, Tree>
  /** The pushed tag. */
  tag?: string
  /** The tag of the plan. */
  expected: string
  /** What shows its form; null if it is assumed. */
  because: string | null
  /** The released crates and packages: `crate demo`. */
  released: readonly string[]
  /** The patterns of the trains, each with its members. */
  trains?: Record<string, readonly string[]>
  /** Problems of more than a notice, by their codes. */
  problems?: readonly string[]
}

/** A crate in `rust` and a package of the same name in `python`, whose versions may differ. */
export function two(rust: string, python: string): Tree {
  return {
    'Cargo.toml': '[workspace]\nmembers = ["rust"]\n',
    ...crate('rust', 'demo', '', rust),
    ...pure('python', 'demo', 'hatchling.build', python),
    'CHANGELOG.md': `# Changelog\n${[...new Set([rust, python])].map((each) => `\n## ${each}\n\n- New.\n`).join('')}`,
  }
}

/** A workspace with an extension crate, a core crate and a helper that nobody publishes. */
export const HELPERS: Tree = {
  'Cargo.toml': members(['core', 'helper', 'py']),
  ...crate('core', 'demo-core', '', ''),
  ...crate('helper', 'demo-helper', '', ''),
  ...extension('py', 'demo-py', 'demo-core = { path = "../core", version = "1.2.0" }\n', ''),
  ...maturin('py', 'demo', 'demo'),
  'CHANGELOG.md': CHANGELOG,
}

/** Returns a workflow that a tag starts, with one step. */
export function workflow(step: string, tags = '"v*"', more = ''): Tree {
  return {
    '.github/workflows/release.yml': `on:\n  push:\n    tags: [${tags}]\njobs:\n  publish:\n    runs-on: ubuntu-latest\n${more}    steps:\n      - ${step}\n`,
  }
}
