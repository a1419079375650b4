import { type PlanOptions, planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree } from '../trees.ts'

/** The manifest of a crate. */
export const crate = (name: string, more = '', version = '1.2.0') =>
  `[package]\nname = "${name}"\nversion = "${version}"\n${METADATA}${more}`

/** A workspace with the crate `demo` at the top and other files. */
export function members(list: string, others: Tree, more = ''): Tree {
  return {
    'Cargo.toml': `[workspace]\nmembers = [${list}]\n${crate('demo', more)}`,
    'CHANGELOG.md': '## 1.2.0\n\n- New.\n',
    ...others,
  }
}

/** Plans a tree. Returns why each crate and package is not published, and the places of problems. */
export async function planned(tree: Tree, options?: PlanOptions) {
  const plan = await planProject(await plant(tree), options)
  const reasons = [...plan.crates, ...plan.packages].map(({ name, reason }) => [name, reason ?? null])
  const problems = plan.problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)
  return { plan, reasons: Object.fromEntries(reasons), problems }
}

/** The pyproject.toml of a package that can be built. */
export const pyproject = (name: string, more = '') =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "1.2.0"\n${more}`
