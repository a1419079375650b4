import { error, type Problem } from '@slipway/core/problem'

/** Makes the problem of a file that is not the archive that its name says. */
export function unreadable(kind: string, filename: string, why: string): Problem {
  return error(
    `${kind}-unreadable`,
    `${filename} cannot be read as a ${kind}: ${why}. Registries refuse it.`,
    'Build it again; if you copied or downloaded it, compare its size with the original.',
    undefined,
  )
}

/** Returns a path's first folder, or the path itself when it has none. */
export function topOf(path: string): string {
  return path.split('/', 1)[0] ?? path
}

/** Returns the text of a file in an archive, or null when the file is missing. */
export function textOf(files: ReadonlyMap<string, Uint8Array>, path: string): string | null {
  const bytes = files.get(path)
  return bytes ? Buffer.from(bytes).toString('utf8') : null
}
