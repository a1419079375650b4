import { folderOf } from '@slipway/documents/paths'

/** Names of folders that hold what a project tries itself with, or copies from: nothing of its releases. */
const HELPERS = /^(?:tests?|pytests|testdata|fixtures|examples?|docs|bench(?:es|marks)|fuzz|templates?)$/

/**
 * The name of the folder for a project's own use that a folder is, or lies in; null when there is none.
 * @param path of a folder, relative to the project
 */
export function helperFolder(path: string): string | null {
  return path.split('/').find((each) => HELPERS.test(each)) ?? null
}

/**
 * The name of the folder whose packages are the project's own, and whose crates are where no workspace has them: one that
 * `helperFolder` tells, or a `test-*`; null when there is none.
 * @param path of a folder, relative to the project
 */
export function ownUseFolder(path: string): string | null {
  return path.split('/').find((each) => HELPERS.test(each) || /^test[-_]/.test(each)) ?? null
}

/** Whether what a file describes is to be released, by the folders that it lies in. */
export function isReleased(file: string): boolean {
  return ownUseFolder(folderOf(file)) === null
}
