/**
 * Whether an entry_points.txt is valid: an INI file for Python's `configparser` with `=` alone, in which programs have plain
 * names (warehouse, `_validate_entrypoints`).
 */
export function areEntryPointsValid(text: string): boolean {
  const sections: { name: string; options: string[] }[] = []
  let margin: number | null = null
  for (const line of text.split(/\r?\n/)) {
    const [, blanks = '', content = ''] = /^(\s*)(.*?)\s*$/.exec(line) ?? []
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    if (margin !== null && blanks.length > margin) continue
    const header = /^\[(.+?)\]/.exec(content)
    const option = header ? null : /^([^=]+?)\s*=/.exec(content)
    if (header?.[1]) {
      sections.push({ name: header[1], options: [] })
      margin = null
      continue
    }
    if (!option?.[1] || sections.length === 0) return false
    sections.at(-1)?.options.push(option[1])
    margin = blanks.length
  }
  const isOnce = (all: string[]) => new Set(all).size === all.length
  if (!isOnce(sections.map((each) => each.name)) || !sections.every((each) => isOnce(each.options))) return false
  const programs = sections
    .filter((each) => /^(?:console|gui)_scripts$/.test(each.name))
    .flatMap((each) => each.options)
  return programs.every((each) => /^[\p{L}\p{N}_.-]+$/u.test(each))
}
