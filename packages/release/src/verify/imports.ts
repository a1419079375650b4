import type { PlannedPackage } from '@slipway/core/plan'
import { error, ProblemError } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'

/** Exit code of the script where the package is not installed. */
export const NOT_INSTALLED = 77

/** Imports each name and tells the versions of the distribution and of every module that has one. */
const IMPORT = `
import importlib, json, re, sys
from importlib.metadata import distributions
# Pythons before 3.10 find a name with a dot in one spelling only (PEP 503 has the rule).
normal = lambda name: re.sub("[-_.]+", "-", name).lower()
found = [each.version for each in distributions() if normal(each.metadata["Name"] or "") == normal(sys.argv[1])]
installed = found[0] if found else None
if installed is None:
    print(sys.argv[1], "is not installed", file=sys.stderr)
    sys.exit(${NOT_INSTALLED})
modules = {name: getattr(importlib.import_module(name), "__version__", None) for name in sys.argv[2:]}
print(json.dumps({"version": installed, "modules": modules}))
`

/** What a Python is started with to import all that a package must provide, and tell its version. */
export function importScript({ name, imports }: PlannedPackage): ['-I', '-c', ...string[]] {
  return ['-I', '-c', IMPORT, name, ...imports]
}

/**
 * The version that a package said it is, which must be the planned one.
 * @param stdout of the script
 * @throws ProblemError `installed-version-differs`
 */
export function toldVersion({ name, version: planned, imports }: PlannedPackage, stdout: string): string {
  const told = JSON.parse(stdout) as { version: string; modules: Record<string, string | null> }
  const own = imports[0] === undefined ? null : (told.modules[imports[0]] ?? null)
  for (const version of [told.version, own]) {
    // A module may spell its version as Cargo does.
    if (version === null || normalizePython(version) === planned) continue
    throw new ProblemError(
      error(
        'installed-version-differs',
        `After installing ${name}==${planned}, the package says it is ${version}.`,
        'Set the version in every place that the plan lists, or take it from one.',
      ),
    )
  }
  return told.version
}
