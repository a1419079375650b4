import type { TomlDocument } from '@slipway/documents/toml'

/** By which tools are told that a project is no package: uv, Poetry from 2 on, PDM. */
const SWITCHES: readonly [table: string, key: string][] = [
  ['uv', 'package'],
  ['poetry', 'package-mode'],
  ['pdm', 'distribution'],
]

/** Backends that compile: there such a switch only spares developers a build each time (so pydantic-core's, which is published). */
const COMPILES = /^(?:maturin|scikit_build_core|mesonpy)\b/

/**
 * Why a pyproject.toml with `[project]` describes an environment and no package to publish; undefined when it does not
 * say so. One without `[build-system]` is what uv calls a virtual project, unless setuptools is told of it elsewhere.
 * @param hasSetup whether a setup.py or setup.cfg lies beside it
 */
export function whyUnbuilt(document: TomlDocument, hasSetup: boolean): string | undefined {
  const compiles = COMPILES.test(document.string('build-system', 'build-backend') ?? '')
  const off = compiles ? undefined : SWITCHES.find(([table, key]) => document.get('tool', table, key) === false)
  if (off) return `Its pyproject.toml says \`${off[1]} = false\` under [tool.${off[0]}].`
  const isBuilt =
    hasSetup ||
    document.get('project') === undefined ||
    document.get('build-system') !== undefined ||
    document.get('tool', 'setuptools') !== undefined ||
    document.get('tool', 'uv', 'package') === true
  return isBuilt ? undefined : 'Its pyproject.toml has no [build-system]: it describes an environment, and no package.'
}
