import { parseImage } from '@slipway/core/image'
import { STRATEGIES } from '@slipway/core/strategy'
import { tagPattern } from '@slipway/core/tag'
import { splitCommand } from '@slipway/documents/shell-words'
import { MAX_VERSION_PATTERN_CHARACTERS } from '../limits.ts'
import { splitPattern } from '../version-files.ts'
import { ownVersion, PACKAGE_SPEC, publish } from './package-spec.ts'
import { wrongPath } from './path.ts'
import { PREBUILT_GLOB, wrongPrebuiltGlob } from './prebuilt.ts'
import type { PackageSettings, Settings, VersionGroup } from './settings.ts'
import { choice, type Fields, list, listed, named, table, text } from './shape.ts'
import { DEFAULT_TARGETS, TARGETS, type TargetTriple } from './targets.ts'

const file = text('a path in the project, with `/`', wrongPath)

const folderGlob = text('a folder in the project, or a pattern of folders as in `external/**`', wrongPath)

const prebuiltGlob = text(PREBUILT_GLOB, wrongPrebuiltGlob)

const imageName = text('a name as in `ghcr.io/owner/name`', (name) => {
  const image = parseImage(name)
  if (!image) return 'is not the name of an image (letters must be lower-case)'
  return /[:@]/.test(name.slice(name.lastIndexOf('/'))) ? 'has a tag, but the release sets it' : null
})

const versionPattern = text(
  'a text with `{version}`, or with `{major}`, `{minor}` and `{patch}`, each once',
  (pattern) => {
    const split = splitPattern(pattern)
    if (!split) return 'must have {version}, or {major}, {minor} and {patch}, each once'
    if (pattern.length > MAX_VERSION_PATTERN_CHARACTERS)
      return `is longer than ${MAX_VERSION_PATTERN_CHARACTERS} characters`
    return split.before + split.after === '' ? `has no text around ${split.form}` : null
  },
)

const command = text('a command quoted as for a shell, but run without one', (line) =>
  splitCommand(line) ? null : 'has an open quote, or a shell operator such as `|`, `>` or `$` (call a script instead)',
)

const nameGlob = text('a name, or a pattern of names as in `demo-*`', (glob) =>
  /^[\w.*?[\]!-]+$/.test(glob) ? null : 'can match no name',
)

/** Every setting: its allowed values, its effect and its default. Validation, documentation and schema come from here. */
export const SPEC: Fields<Settings> = {
  tag: {
    shape: text('a text with `{version}` once, and `{name}` at most once', (pattern) =>
      tagPattern(pattern) ? null : 'is not a pattern of valid git tags',
    ),
    about:
      'Pattern of tags. `{version}` is the version. `{name}` is a crate or Python package, and a tag then releases only that one. Default: the form of the newest tags in git, else of `on.push.tags` in the release workflow, else `v{version}`.',
    fallback: null,
  },
  changelog: {
    shape: file,
    about: 'The changelog. Default: `CHANGELOG.md`, or another usual name, at the top.',
    fallback: null,
  },
  exclude: {
    shape: list(folderGlob),
    about: 'Folders in which Slipway looks for nothing.',
    fallback: [],
  },
  include: {
    shape: list(folderGlob),
    about:
      'Folders to release from, even if Slipway would leave them out by their names: `examples`, `tests`, `docs`, ….',
    fallback: [],
  },
  publish: {
    shape: list(nameGlob),
    about:
      'The crates and Python packages to publish, and no others. `publish` in a table of one counts more. Default: those found.',
    fallback: null,
  },
  crates: {
    shape: named(table<Settings['crates'][string]>({ publish, version: ownVersion('crate') })),
    about: 'Overrides for crates, by name: `[crates.NAME]`.',
    fallback: {},
  },
  packages: {
    shape: named(table<PackageSettings>(PACKAGE_SPEC)),
    about: 'Overrides for Python packages, by name: `[packages.NAME]`.',
    fallback: {},
  },
  groups: {
    shape: listed(
      table<Omit<VersionGroup, 'name'>>({
        members: { shape: list(nameGlob), about: 'Its crates and Python packages.' },
        tag: {
          shape: text('a text with `{version}` once', (pattern) =>
            tagPattern(pattern) && !pattern.includes('{name}') ? null : 'is not a pattern of valid git tags of a group',
          ),
          about: 'Pattern of its tags. Default: `NAME-v{version}`.',
          fallback: null,
        },
      }),
    ),
    about:
      'Crates and packages that share one version, which may differ from the rest: `[groups.NAME]`. Each group has separate tags.',
    fallback: [],
  },
  images: {
    shape: list(
      table<NonNullable<Settings['images']>[number]>({
        name: { shape: imageName, about: 'Its registry and name, without a tag.' },
        file: { shape: file, about: 'Its Dockerfile.', fallback: 'Dockerfile' },
        context: { shape: file, about: 'The build context, a folder.', fallback: '.' },
        target: {
          shape: text('the name of a stage'),
          about: 'The stage to build. Default: the last.',
          fallback: undefined,
        },
        buildArgs: {
          shape: named(text('a text, in which `{version}` is the version of the release')),
          about: 'Arguments of the build, by name. The input `build-args` of push-image overrides them.',
          fallback: {},
        },
        after: {
          shape: choice(['pypi']),
          about: 'The image installs the release from PyPI, so Slipway builds it once PyPI has the release.',
          fallback: undefined,
        },
      }),
    ),
    about: 'Container images, which replace those found: `[[images]]`, or `images = []` for none.',
    fallback: null,
  },
  targets: {
    shape: list(choice(Object.keys(TARGETS) as TargetTriple[])),
    about: "Rust's target triples to build wheels for.",
    fallback: [...DEFAULT_TARGETS],
  },
  strategy: {
    shape: choice(STRATEGIES),
    about:
      'Where wheels are built: `native`, each target on a runner of its own system; `cross`, all in one job on Linux; `auto`, in one job where the plan finds that it suffices. [Compared](one-or-many-jobs.md).',
    fallback: 'native',
  },
  prebuilt: {
    shape: list(prebuiltGlob),
    about:
      'Wheels and sdists that another job builds and downloads before the release is assembled. Slipway builds nothing for a package with such a pattern: one with its name, or with any name (`*.whl`) if the package compiles code.',
    fallback: [],
  },
  versionFiles: {
    shape: list(
      table<Settings['versionFiles'][number]>({
        file: { shape: file, about: 'The file.' },
        pattern: {
          shape: versionPattern,
          about:
            'Literal text with `{version}` in place of the version, or `{major}.{minor}` where only these are shown. Every occurrence counts.',
        },
      }),
    ),
    about: 'More files with the version: `[[version-files]]`.',
    fallback: [],
  },
  notes: {
    shape: file,
    about:
      "Template file of the release notes, with `{version}`, `{python-version}`, `{tag}` and `{changelog}`. Default: the changelog's section.",
    fallback: null,
  },
  gate: {
    shape: list(command),
    about: 'Commands that must succeed before a release, quoted as for a shell, but no shell runs them.',
    fallback: [],
  },
}
