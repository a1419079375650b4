/** Returns why a path is not allowed, by its text alone (links are checked when it is read); null if it is. */
export function wrongPath(path: string): string | null {
  if (path.trim() === '') return 'is empty'
  if (path.includes('\\')) return 'has a `\\`, which separates folders only on Windows'
  const leaves = path.startsWith('/') || /^[a-z]:/i.test(path) || path.split('/').includes('..')
  return leaves ? 'leads out of the project' : null
}
