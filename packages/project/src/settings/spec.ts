import { parseImage } from '@slipway/core/image'
import { tagPattern, USUAL_TAG } from '@slipway/core/tag'
import { splitCommand } from '@slipway/documents/shell-words'
import { MAX_VERSION_PATTERN_CHARACTERS } from '../limits.ts'
import type { Settings } from './settings.ts'
import { choice, type Fields, flag, list, named, table, text } from './shape.ts'
import { DEFAULT_TARGETS, TARGETS, type TargetTriple } from './targets.ts'

/** Whether a path stays in the project by its words alone; links are followed where it is read. */
function wrongPath(path: string): string | null {
  if (path.trim() === '') return 'names nothing'
  if (path.includes('\\')) return 'has a `\\`, which parts folders on Windows only'
  const leaves = path.startsWith('/') || /^[a-z]:/i.test(path) || path.split('/').includes('..')
  return leaves ? 'leads out of the project' : null
}

const file = text('a path in the project, with `/`', wrongPath)

const imageName = text('a name as in `ghcr.io/owner/name`', (given) => {
  const image = parseImage(given)
  if (!image) return 'is no name of an image (letters in it are lower-case)'
  return /[:@]/.test(given.slice(given.lastIndexOf('/'))) ? 'has a tag, which the release gives' : null
})

const versionPattern = text('a text that holds `{version}` once', (given) => {
  if (given.split('{version}').length !== 2) return 'must hold {version} once'
  if (given.length > MAX_VERSION_PATTERN_CHARACTERS)
    return `is longer than ${MAX_VERSION_PATTERN_CHARACTERS} characters`
  return given === '{version}' ? 'would take any text for a version' : null
})

const command = text('a command: words, quoted as for a shell, but no shell runs it', (given) =>
  splitCommand(given)
    ? null
    : 'has an open quote or something that only a shell knows, as `|`, `>`, `$`; call a script',
)

const importName = text('a name at the top of the wheel, as in `import name`', (given) =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(given) ? null : 'is no such name',
)

const publish = { shape: flag, about: 'Whether it is published, whatever its own files say.', fallback: undefined }

/** That a crate or package is not of the release's version. */
const ownVersion = (what: string) => ({
  shape: choice(['own']),
  about: `The ${what} has a version of its own, which need not be that of the release.`,
  fallback: undefined,
})

/** Every setting: what may be given, what it does, and what holds without it. Validation, documentation and schema come from here. */
export const SPEC: Fields<Settings> = {
  tag: {
    shape: text('a text that holds `{version}` once, and `{name}` at most once', (given) =>
      tagPattern(given) ? null : 'is no pattern of tags that git takes',
    ),
    about:
      'Pattern of the tags. `{version}` stands for the version; `{name}` for a crate or Python package, which alone is released then.',
    fallback: USUAL_TAG,
  },
  changelog: {
    shape: file,
    about: 'The changelog. Without it, `CHANGELOG.md`, or what else it is usually called, at the top.',
    fallback: null,
  },
  crates: {
    shape: named(table<Settings['crates'][string]>({ publish, version: ownVersion('crate') })),
    about: 'Crates by name, where they differ from what is found: `[crates.NAME]`.',
    fallback: {},
  },
  packages: {
    shape: named(
      table<Settings['packages'][string]>({
        publish,
        version: ownVersion('package'),
        imports: {
          shape: list(importName),
          about: 'Names that can be imported once its wheel is installed, in place of those that are found.',
          fallback: undefined,
        },
      }),
    ),
    about: 'Python packages by name, where they differ from what is found: `[packages.NAME]`.',
    fallback: {},
  },
  images: {
    shape: list(
      table<NonNullable<Settings['images']>[number]>({
        name: { shape: imageName, about: 'Where it goes, without a tag.' },
        file: { shape: file, about: 'Its Dockerfile.', fallback: 'Dockerfile' },
        context: { shape: file, about: "The folder that is its build's context.", fallback: '.' },
        target: {
          shape: text('the name of a stage'),
          about: 'The stage to build; else the last.',
          fallback: undefined,
        },
      }),
    ),
    about: 'Container images, in place of those that are found: `[[images]]`; `images = []` for none.',
    fallback: null,
  },
  targets: {
    shape: list(choice(Object.keys(TARGETS) as TargetTriple[])),
    about: "Rust's target triples that wheels are built for.",
    fallback: [...DEFAULT_TARGETS],
  },
  versionFiles: {
    shape: list(
      table<Settings['versionFiles'][number]>({
        file: { shape: file, about: 'The file.' },
        pattern: {
          shape: versionPattern,
          about:
            'The text around the version, taken literally, with `{version}` in its place; every occurrence counts.',
        },
      }),
    ),
    about: 'Further files that hold the version: `[[version-files]]`.',
    fallback: [],
  },
  notes: {
    shape: file,
    about:
      "Template of the release's notes, a file; without it, the changelog's section. `{version}`, `{python-version}`, `{tag}` and `{changelog}`, that section, are filled in.",
    fallback: null,
  },
  gate: {
    shape: list(command),
    about: 'Commands that must succeed before a release. Words as for a shell, but no shell runs them.',
    fallback: [],
  },
}
