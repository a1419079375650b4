import path from 'node:path'

/** Joins relative paths with `/`, and resolves `.` and `..`. */
export function join(...parts: string[]): string {
  return path.posix.join(...parts).replace(/(?<=.)\/$/, '')
}

/** Returns the folder of a file, `.` at the top. */
export function folderOf(file: string): string {
  return path.posix.dirname(file)
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`)
}
