import { error, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { ignoringRule, type Scope, scopesOf } from '@slipway/documents/ignore/gitignore'
import { matchBudget } from '@slipway/documents/ignore/rules'
import { folderOf, join } from '@slipway/documents/paths'
import type { DiscoveredPackage, ImportName } from '@slipway/project/python/discovered-package'
import { importedModules } from '@slipway/project/python/imported-modules'
import { isIncludedInWheel } from './left-out.ts'

/** Whether a backend leaves out what `.gitignore` excludes, also if it is in git, and nothing in the build may add it again. */
function leavesOutIgnored({ backend, document }: DiscoveredPackage): boolean {
  if (backend.startsWith('maturin')) return true
  // Hatch, "Build configuration": hooks, `artifacts`, `force-include` and `ignore-vcs` take such files.
  const isChanged = /hooks|artifacts|force-include|ignore-vcs/.test(document.text)
  return backend.startsWith('hatchling') && !isChanged
}

/** Reports the modules that the `__init__.py` of a package imports and git ignores, so that the wheel has none. */
export async function ignoredModuleProblems(
  found: DiscoveredPackage,
  folder: Folder,
  files: readonly string[],
): Promise<Problem[]> {
  if (!leavesOutIgnored(found)) return []
  const inits = found.imports.filter((each) => each.file?.endsWith('/__init__.py'))
  return (await Promise.all(inits.map((each) => ignoredOf(found, each, folder, files)))).flat()
}

/** Returns the rule that ignores a module: its file, its folder or one of the folders above it in the package. */
function ruleAgainst(scopes: readonly Scope[], within: string, parts: readonly string[]) {
  const folders = parts.map((_, index) => join(within, ...parts.slice(0, index + 1)))
  const rules = folders.map((each) => ignoringRule(scopes, each, true))
  return rules.find((each) => each !== null) ?? ignoringRule(scopes, `${folders.at(-1)}.py`, false)
}

async function ignoredOf(
  found: DiscoveredPackage,
  { name, file }: ImportName,
  folder: Folder,
  files: readonly string[],
): Promise<Problem[]> {
  const init = file ?? ''
  const modules = importedModules(name, init, (await folder.read(init)) ?? '')
  const scopes = await scopesOf(folder, folderOf(init), matchBudget())
  return modules.flatMap((module): Problem[] => {
    const isInside = module.name.startsWith(`${name}.`) && module.name !== found.maturin?.moduleName
    if (!isInside || module.isConditional) return []
    const parts = module.name.slice(name.length + 1).split('.')
    const at = join(folderOf(init), ...parts)
    if (files.some((each) => each.startsWith(`${at}.`) || each.startsWith(`${at}/`))) return []
    const source = `${at}.py`
    const rule = ruleAgainst(scopes, folderOf(init), parts)
    if (rule === null || isIncludedInWheel(found, source)) return []
    const message = `${found.name} cannot be imported: the wheel has no ${module.name}, because ${rule.file}:${rule.line} ignores ${source}.`
    const take = found.maturin
      ? `in \`include\` of [tool.maturin]`
      : `in \`artifacts\` of [tool.hatch.build.targets.wheel]`
    const hint = `Add it to git and remove the rule, or list it ${take}, and write it before the build.`
    return [error('python-module-ignored', message, hint, module.where)]
  })
}
