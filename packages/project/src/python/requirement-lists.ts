import type { TomlDocument, TomlKey } from '@slipway/documents/toml'

/** Returns the places of the lists of requirements in a pyproject.toml: `dependencies`, then each extra. */
export function requirementLists(document: TomlDocument): TomlKey[][] {
  const extras = Object.keys(document.table('project', 'optional-dependencies'))
  return [['project', 'dependencies'], ...extras.map((each) => ['project', 'optional-dependencies', each])]
}
