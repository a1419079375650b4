import type { TomlDocument } from '@slipway/documents/toml'

/** The settings of uv, Poetry (since version 2) and PDM for a project that is not a package. */
const SWITCHES: readonly [table: string, key: string][] = [
  ['uv', 'package'],
  ['poetry', 'package-mode'],
  ['pdm', 'distribution'],
]

/** Backends that compile. Such a setting only saves developers a build there, as in pydantic-core, which is published. */
const COMPILES = /^(?:maturin|scikit_build_core|mesonpy)\b/

/**
 * Returns why a pyproject.toml with `[project]` describes an environment and not a package to publish; undefined if it does
 * not. Without `[build-system]` it is what uv calls a virtual project, unless setuptools is configured elsewhere.
 * @param hasSetup whether a setup.py or setup.cfg is beside it
 */
export function whyVirtual(document: TomlDocument, hasSetup: boolean): string | undefined {
  const compiles = COMPILES.test(document.string('build-system', 'build-backend') ?? '')
  const off = compiles ? undefined : SWITCHES.find(([table, key]) => document.get('tool', table, key) === false)
  if (off) return `Its pyproject.toml has \`${off[1]} = false\` in [tool.${off[0]}].`
  const isBuilt =
    hasSetup ||
    document.get('project') === undefined ||
    document.get('build-system') !== undefined ||
    document.get('tool', 'setuptools') !== undefined ||
    document.get('tool', 'uv', 'package') === true
  return isBuilt
    ? undefined
    : 'Its pyproject.toml has no [build-system], so it describes an environment, not a package.'
}
