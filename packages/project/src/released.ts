/** Names of folders that hold what a project tries itself with, or copies from: nothing of its releases. */
const HELPERS = /^(?:tests?|pytests|testdata|fixtures|examples?|docs|bench(?:es|marks)|fuzz|templates?)$/

/**
 * The name of the folder for a project's own use that a folder is, or lies in; null when there is none.
 * @param path of a folder, relative to the project
 */
export function helperFolder(path: string): string | null {
  return path.split('/').find((each) => HELPERS.test(each)) ?? null
}

/** Whether what a file describes is to be released, by the folders that it lies in. */
export function isReleased(file: string): boolean {
  const folders = file.split('/').slice(0, -1)
  return !folders.some((each) => HELPERS.test(each) || /^test[-_]/.test(each))
}
