import { EMULATORS } from '@slipway/core/emulators'
import { parseImage } from '@slipway/core/image'
import { isUsable, parseInterpreter } from '@slipway/core/python/interpreter'
import { linuxTag } from '@slipway/core/python/platform'
import { parseRequirement } from '@slipway/core/python/requirement'
import { REPAIRS } from '@slipway/core/repair'
import { maturinArguments } from './maturin-arguments.ts'
import type { PackageSettings } from './settings.ts'
import { choice, type Fields, flag, list, text } from './shape.ts'

const importName = text('a name at the top of the wheel, as in `import name`', (name) =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? null : 'is not a Python name',
)

const python = text('a Python as in `3.14t`, `3.13` or `pypy3.11`', (name) => {
  const found = parseInterpreter(name)
  if (found === null) return 'is not a version with two numbers, `t` after it if free-threaded, `pypy` before PyPy'
  return isUsable(found) ? null : 'is older than 3.8, or than 3.13t if free-threaded'
})

const manylinux = text('a tag as in `manylinux_2_28`, or `2_28`', (tag) =>
  /^manylinux(?:_2_\d{1,2}|1|2010|2014)$/.test(linuxTag(tag)) ? null : 'is not the platform tag of a Linux wheel',
)

/** The name of a feature or profile of cargo, and of an extra (cargo's reference, "Features"; PEP 685). */
const name = text('a name', (word) => (/^[\w.+/-]+$/.test(word) ? null : 'is not a name'))

const buildArguments = text('arguments quoted as for a shell', (line) => {
  const words = maturinArguments(line)
  return 'why' in words ? `${words.why} (${words.hint.replace(/\.$/, '')})` : null
})

const requirement = text('a requirement as in `pytest>=8`', (line) =>
  parseRequirement(line) ? null : 'is not a requirement (PEP 508)',
)

/** An image with a tag, a digest or neither, as `docker run` takes it; `{arch}` is filled in later. */
const image = text('an image as in `quay.io/pypa/manylinux_2_28_{arch}`', (reference) =>
  parseImage(reference.replaceAll('{arch}', 'x86_64'))
    ? null
    : 'is not the name of an image (letters must be lower-case)',
)

const shellCommand = text('a command for the shell', (line) => (line.trim() === '' ? 'is empty' : null))

/** The settings of a crate or package that it is published, and versioned separately. */
export const publish = {
  shape: flag,
  about: 'Whether it is published, regardless of its own files.',
  fallback: undefined,
}

/** Returns the setting that a crate or package is versioned separately. */
export const ownVersion = (what: string) => ({
  shape: choice(['own']),
  about: `The ${what} is versioned separately, so its version may differ from the release's.`,
  fallback: undefined,
})

/** Every setting of a Python package. Those of its build and test have the names of the inputs of `build-wheels`. */
export const PACKAGE_SPEC: Fields<PackageSettings> = {
  publish,
  version: ownVersion('package'),
  imports: {
    shape: list(importName),
    about: 'Names that its installed wheel must provide for `import`. Default: those found.',
    fallback: undefined,
  },
  pythons: {
    shape: list(python),
    about:
      'More Pythons that get a separate wheel, such as `3.14t` or `pypy3.11`. Slipway’s workflows install CPythons; in your own, setup-toolchains does.',
    fallback: undefined,
  },
  manylinux: {
    shape: manylinux,
    about: 'Platform tag of its Linux wheels with glibc. Default: `manylinux_2_17`.',
    fallback: undefined,
  },
  profile: { shape: name, about: "Cargo's profile. Default: `release`.", fallback: undefined },
  features: {
    shape: list(name),
    about: 'Features of the crate, beside those in pyproject.toml.',
    fallback: undefined,
  },
  args: { shape: buildArguments, about: 'More arguments for `maturin build`.', fallback: undefined },
  strip: { shape: flag, about: 'Remove symbols from the library.', fallback: undefined },
  beforeBuild: {
    shape: shellCommand,
    about:
      "Shell command to run in the package's folder before its build, without secrets; with `container`, only there, as root.",
    fallback: undefined,
  },
  container: {
    shape: image,
    about:
      'Image in which its Linux wheels with glibc are built, for a C compiler or system libraries. `{arch}` is the processor: `x86_64`, `aarch64`. [How it works](containers.md).',
    fallback: undefined,
  },
  repair: {
    shape: choice(REPAIRS),
    about:
      'How its wheels get the libraries that they load from the build machine: `auto` by maturin, `none` not at all, or by a tool, which counts on its own system. Default: `auto`.',
    fallback: undefined,
  },
  testExtras: { shape: list(name), about: 'Extras to install with each wheel for the test.', fallback: undefined },
  testRequires: {
    shape: list(requirement),
    about: 'Requirements to install with each wheel for the test.',
    fallback: undefined,
  },
  testCommand: {
    shape: shellCommand,
    about:
      'Shell command to run with each built wheel installed. `{project}` and `{package}` are the folders of the sources.',
    fallback: undefined,
  },
  testEmulators: {
    shape: list(choice(EMULATORS)),
    about:
      'Which of `qemu` and `wine` may run its wheels for other systems, where they are installed; `[]` for none. Default: both.',
    fallback: undefined,
  },
}
