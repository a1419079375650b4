import type { PlannedPackage } from '@slipway/core/plan'
import { error, ProblemError } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/python/version'

/** Exit code of the script if the package is not installed. */
export const NOT_INSTALLED = 77

/** Finds the installed distribution. */
const FIND = `
import importlib, json, re, sys
from importlib.metadata import distributions
# Python before 3.10 does not normalize a name with a dot (PEP 503 has the rule).
normal = lambda name: re.sub("[-_.]+", "-", name).lower()
found = [each for each in distributions() if normal(each.metadata["Name"] or "") == normal(sys.argv[1])]
if not found:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(${NOT_INSTALLED})
`

/**
 * Imports each name and prints the versions of the distribution and of every module that has one. First it checks that Python
 * finds the module in a file of the distribution, not in the standard library, say. A namespace has no file, but folders; a
 * module that the one above it makes has neither.
 */
const IMPORT = `${FIND}
import importlib.util, os
same = lambda path: os.path.normcase(os.path.realpath(str(path)))
own = {same(found[0].locate_file(each)) for each in found[0].files or []}
def check(name):
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:
        return
    if spec is None: return
    folders = [same(each) + os.sep for each in spec.submodule_search_locations or []]
    isNamespace = spec.origin in (None, "namespace") and any(each.startswith(tuple(folders)) for each in own)
    if isNamespace or spec.origin and same(spec.origin) in own: return
    sys.exit("{} is loaded from {}, which is not in the wheel of {}".format(name, spec.origin or folders, sys.argv[1]))
modules = {}
for name in sys.argv[2:]:
    check(name)
    modules[name] = getattr(importlib.import_module(name), "__version__", None)
print(json.dumps({"version": found[0].version, "modules": modules}))
`

/**
 * Prints the requirements of the distribution (PEP 508), one on each line, without those of extras: a marker that is no
 * alternative and names an extra is false when no extra was asked for.
 */
const REQUIREMENTS = `${FIND}
for each in found[0].requires or []:
    marker = each.partition(";")[2]
    if re.search(r"\\bor\\b", marker) or not re.search(r"\\bextra *==", marker): print(each)
`

/** Arguments of Python that run a script without the user's own packages. */
type PythonScript = ['-I', '-c', ...string[]]

/** Returns the Python arguments that import a package's modules and print its version. */
export function importScript({ name, imports }: PlannedPackage): PythonScript {
  return ['-I', '-c', IMPORT, name, ...imports]
}

/** Returns the Python arguments that print the requirements of an installed package, without its extras'. */
export function requirementsScript({ name }: PlannedPackage): PythonScript {
  return ['-I', '-c', REQUIREMENTS, name]
}

/** Returns the arguments of `requirementsScript` for a package that is only unpacked, in the folder `site`. */
export function unpackedRequirements({ name }: PlannedPackage, site: string): PythonScript {
  return ['-I', '-c', `import sys; sys.path.insert(0, sys.argv.pop())\n${REQUIREMENTS}`, name, site]
}

/** A script that Python gets as a file, and its arguments. */
export interface ScriptFile {
  text: string
  args: string[]
}

/** Returns `importScript` for a package that is only unpacked, in the folder `site`, as the Python has to be given it. */
export function unpackedImports({ name, imports }: PlannedPackage, site: string): ScriptFile {
  // Like a folder of installed packages, it may have .pth files.
  return { text: `import site, sys\nsite.addsitedir(sys.argv.pop())\n${IMPORT}`, args: [name, ...imports, site] }
}

/**
 * Returns the version that a package reports, which must be the planned one.
 * @param stdout of the script
 * @throws ProblemError `installed-version-differs`
 */
export function reportedVersion({ name, version: planned, imports }: PlannedPackage, stdout: string): string {
  const reported = JSON.parse(stdout) as { version: string; modules: Record<string, string | null> }
  const ofModule = imports[0] === undefined ? null : (reported.modules[imports[0]] ?? null)
  for (const version of [reported.version, ofModule]) {
    // A module may spell its version like Cargo.
    if (version === null || normalizePython(version) === planned) continue
    throw new ProblemError(
      error(
        'installed-version-differs',
        `After installing ${name}==${planned}, the package reports version ${version}.`,
        'Set the same version in every place that the plan lists, or read it from a single one.',
      ),
    )
  }
  return reported.version
}
