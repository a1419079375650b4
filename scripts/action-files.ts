import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** An input or output as action.yml declares it. */
export interface Declared {
  description?: string
  required?: boolean
  default?: unknown
}

/** The parts of an action.yml that scripts and tests read. */
export interface ActionFile {
  name?: string
  description?: string
  branding?: { icon?: string; color?: string }
  inputs?: Record<string, Declared>
  outputs?: Record<string, Declared>
  runs: { using: string; main?: string; post?: string }
}

/** An action of the checkout. Paths are relative to the checkout. */
export interface DeclaredAction {
  /** Name of the folder under `actions/`. */
  name: string
  file: string
  readme: string
  action: ActionFile
}

/** Returns all actions, sorted by name. `plan` uses the repository's action.yml, which `uses: OWNER/slipway` runs. */
export async function declaredActions(root: string): Promise<DeclaredAction[]> {
  const found: DeclaredAction[] = []
  for (const name of (await readdir(join(root, 'actions'))).sort()) {
    const file = name === 'plan' ? 'action.yml' : `actions/${name}/action.yml`
    if (!existsSync(join(root, file))) continue
    const action = parse(await readFile(join(root, file), 'utf8')) as ActionFile
    found.push({ name, file, readme: `actions/${name}/README.md`, action })
  }
  return found
}
