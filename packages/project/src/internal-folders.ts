import { folderOf } from '@slipway/documents/paths'

/*
 * Every list of folder names whose contents are not released, or not read. The lists differ where a name means different
 * things to different readers. Build outputs and vendored code are on none of them: `ownFiles` never finds those.
 */

const TESTS = 'tests?|fixtures|testdata'
const EXAMPLES = 'examples?'
const BENCHMARKS = 'bench(?:es|marks)'

function anyOf(...names: readonly string[]): RegExp {
  return new RegExp(`^(?:${names.join('|')})$`)
}

/** The folders of crates and Python packages that a project keeps for itself. */
const INTERNAL = anyOf(TESTS, 'pytests', EXAMPLES, 'docs', BENCHMARKS, 'fuzz', 'templates?')

/** A folder for tests: a library of test helpers may have such a name too, so it counts only where no workspace has the crate. */
const TEST_FOLDER = /^test[-_]/

/**
 * The Python packages beside others that nobody installs. Unlike INTERNAL, `fixtures`, `templates` and `fuzz` may be
 * installed (PyPI has a `fixtures`), and `scripts` may not.
 */
const NOT_INSTALLED = anyOf('tests?', EXAMPLES, 'docs', BENCHMARKS, 'scripts')

/** The folders at the top of a project that setuptools never takes for packages (its "Package Discovery", flat layout): its list, as it is there. */
const NOT_FOR_SETUPTOOLS =
  /^(ci|bin|debian|docs?|documentation|manpages|news|changelog|tests?|unit_tests?|examples?|scripts|tools|util|utils|python|build|benchmarks?|exercises?|htmlcov|tasks|fabfile|site_scons|[._].*)$/

/** Folders whose configurations of documentation generators are inputs of tests or templates. Those in `docs` and `examples` are real. */
const NOT_DOCUMENTATION = anyOf(TESTS, 'templates?')

/** Folders whose Markdown files are not for users of the project. `docs` and `templates` may be; a single `example` may hold the tutorial. */
const NOT_FOR_USERS = anyOf(TESTS, 'examples')

/** Returns the first folder of a path whose name is on a list; null for none. */
function firstIn(path: string, ...lists: readonly RegExp[]): string | null {
  return path.split('/').find((name) => lists.some((each) => each.test(name))) ?? null
}

/** Returns the name of the internal folder that a folder is or lies in; null for none. @param path relative to the project */
export function internalFolder(path: string): string | null {
  return firstIn(path, INTERNAL)
}

/**
 * Returns the name of the internal or test folder (`test-*`) that a folder is or lies in; null for none.
 * @param path relative to the project
 */
export function internalOrTestFolder(path: string): string | null {
  return firstIn(path, INTERNAL, TEST_FOLDER)
}

/** Whether a manifest's crate or package may be released, by the folders the manifest lies in. */
export function isReleased(file: string): boolean {
  return internalOrTestFolder(folderOf(file)) === null
}

/** Whether a Python package beside others is there to be installed. @param name of its folder */
export function isInstalled(name: string): boolean {
  return !NOT_INSTALLED.test(name)
}

/** Whether setuptools takes a folder at the top of a project for a package. @param name of the folder */
export function isTakenBySetuptools(name: string): boolean {
  return !NOT_FOR_SETUPTOOLS.test(name)
}

/** Whether a configuration file of a documentation generator configures the project's documentation. */
export function isDocumentation(file: string): boolean {
  return firstIn(folderOf(file), NOT_DOCUMENTATION) === null
}

/** Whether a Markdown file is for users of the project, by the folders it lies in. */
export function isForUsers(file: string): boolean {
  return firstIn(folderOf(file), NOT_FOR_USERS) === null
}
