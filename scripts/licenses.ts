import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** Returns the folder of the npm package that contains a folder, or null for our own source. */
export function packageFolder(folder: string): string | null {
  const parts = folder.split(sep)
  const at = parts.lastIndexOf('node_modules')
  if (at < 0) return null
  const names = parts[at + 1]?.startsWith('@') ? 2 : 1
  return parts.slice(0, at + 1 + names).join(sep)
}

async function licenseText(folder: string): Promise<string> {
  const file = (await readdir(folder)).sort().find((name) => /^licen[cs]e/i.test(name))
  return file === undefined ? '' : (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim()
}

/** Licenses of packages whose package.json names none, taken from their repositories. */
const UNNAMED: Record<string, string> = { buffers: 'MIT' }

/**
 * Returns the notices that the licenses of bundled npm packages require: name, version, license and its text, sorted by name.
 * @param folders the folders of all bundled modules
 * @throws Error if a package names no license
 */
export async function licenses(folders: readonly string[]): Promise<string> {
  const notices = new Map<string, string>()
  for (const folder of new Set(folders.map(packageFolder))) {
    if (folder === null) continue
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const named = license ?? UNNAMED[name]
    if (typeof named !== 'string') throw new Error(`${name} names no license`)
    const head = `${name} ${version}\nLicense: ${named}`
    notices.set(head, [head, await licenseText(folder)].filter(Boolean).join('\n\n'))
  }
  const sorted = [...notices].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice)
  return `${sorted.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
