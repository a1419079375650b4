import { error, type Problem, warning } from '@slipway/core/problem'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'

/**
 * Checks that the crate a package is built from exists, and that pip finds maturin, or, without maturin, that the package
 * has a version (PyPA specification "pyproject.toml").
 * @param files all files of the project
 */
export function originProblems(found: DiscoveredPackage, files: readonly string[]): Problem[] {
  if (!found.maturin) return missingVersion(found)
  return [...missingBackend(found), ...missingCrate(found, found.maturin.manifest, files)]
}

/** Reports a pyproject.toml that requires maturin without naming it: PEP 517 falls back to setuptools, and maturin does not. */
function missingBackend({ name, document }: DiscoveredPackage): Problem[] {
  if (document.get('build-system', 'build-backend') !== undefined) return []
  const message = `pip cannot build ${name} from its sdist: [build-system] requires maturin, but names no \`build-backend\`.`
  const hint = 'Add build-backend = "maturin" to [build-system].'
  return [warning('build-backend-missing', message, hint, document.where('build-system', 'requires'))]
}

function missingCrate({ name, document }: DiscoveredPackage, manifest: string, files: readonly string[]): Problem[] {
  if (files.includes(manifest) || manifest.startsWith('../')) return []
  const message = `maturin fails: it builds ${name} from ${manifest}, which does not exist.`
  const hint = 'Correct `manifest-path` in [tool.maturin], or add the crate.'
  const isSet = document.string('tool', 'maturin', 'manifest-path') !== undefined
  const where = isSet
    ? document.where('tool', 'maturin', 'manifest-path')
    : document.where('build-system', 'build-backend')
  return [error('maturin-manifest-missing', message, hint, where)]
}

function missingVersion({ name, document, place, dynamicVersion }: DiscoveredPackage): Problem[] {
  // Poetry has its own table.
  if (place || dynamicVersion || document.get('project', 'name') === undefined) return []
  const message = `${name} has no version, and does not list it as \`dynamic\`, so it cannot be built.`
  const hint = 'Add `version` to [project], or `dynamic = ["version"]` if the build backend finds it.'
  return [error('package-version-missing', message, hint, document.where('project', 'name'))]
}
