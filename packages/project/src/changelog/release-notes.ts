import type { Release } from '@slipway/core/plan'
import type { Folder } from '@slipway/documents/folder'

/**
 * Returns the notes of a release: the changelog's section, or a template in which `{version}`, `{python-version}`, `{tag}`
 * and `{changelog}`, the section, are filled in. Other braces stay.
 * @param template its file, or null
 * @returns Markdown; null if it is empty
 */
export async function releaseNotes(
  folder: Folder,
  template: string | null,
  { version, pythonVersion, tag }: Release,
  section: string,
): Promise<string | null> {
  const text = template === null ? null : await folder.read(template)
  if (text === null) return section || null
  const values: Record<string, string> = { version, 'python-version': pythonVersion ?? '', tag, changelog: section }
  return text.replace(/\{([a-z-]+)\}/g, (all, name: string) => values[name] ?? all).trim() || null
}
