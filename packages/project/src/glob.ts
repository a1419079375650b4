/**
 * The regular expression of a glob in Cargo's `members` and `exclude` (the `glob` crate: `*` and `?` within a name,
 * `**` over folders, `[abc]` and `[!abc]`).
 */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\[(!?)([^\]]+)\]|[.+^${}()|\\[\]]/g, (token, not, set) => {
    if (token === '**/') return '(?:.*/)?'
    if (token === '**') return '.*'
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
    return `\\${token}`
  })
  return new RegExp(`^${source}$`)
}
