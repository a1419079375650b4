import { error, type Problem } from '@slipway/core/problem'

/** The problem of a file that is not what its name says. */
export function unreadable(kind: string, filename: string, why: string): Problem {
  return error(
    `${kind}-unreadable`,
    `${filename} cannot be read as a ${kind}: ${why}. Registries refuse it.`,
    'Build it again; if it was copied or downloaded, compare its size with the original.',
    undefined,
  )
}

/** A path's first folder, or the path itself when it has none. */
export function topOf(path: string): string {
  return path.split('/', 1)[0] ?? path
}

/** The text of an archive's file, or null when it is not there. */
export function textOf(files: ReadonlyMap<string, Uint8Array>, path: string): string | null {
  const bytes = files.get(path)
  return bytes ? Buffer.from(bytes).toString('utf8') : null
}
