import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../../trees.ts'

export const PY = workspace()['py/pyproject.toml'] as string
/** The pyproject.toml of the package under test. */
export const IN = 'py/pyproject.toml'

/** Returns the problems of a workspace with these changes: `severity code file:line`. */
export async function reported(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)))
  // Without a version in a Python file, the one of Rust counts, which other tests check.
  const others = problems.filter((each) => each.code !== 'version-spelt-by-cargo')
  return others.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

/** Returns a pyproject.toml with more in `[project]`, from line 8 on. */
export function project(more: string): Tree {
  return { [IN]: PY.replace('[tool.maturin]', `${more}[tool.maturin]`) }
}
