/** A replacement of a part of a file's text. */
export interface Edit {
  file: string
  /** Start and end, in UTF-16 units of the file's text; where they are equal, something is put in. */
  range: readonly [start: number, end: number]
  text: string
}

/** The edits of one text that change something, in its order: of those that overlap, the first. */
export function effective(text: string, edits: readonly Edit[]): Edit[] {
  const changing = edits.filter((each) => text.slice(...each.range) !== each.text)
  let last: Edit['range'] = [-1, -1]
  return changing
    .sort((a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1])
    .filter(({ range }) => {
      const isFree = range[0] >= last[1] && range[0] > last[0]
      if (isFree) last = range
      return isFree
    })
}

/** A text with edits done, all else kept. They must be in its order and not overlap: `effective` gives such. */
export function edited(text: string, edits: readonly Edit[]): string {
  let end = 0
  const pieces = edits.flatMap((each) => {
    const between = text.slice(end, each.range[0])
    end = each.range[1]
    return [between, each.text]
  })
  return pieces.join('') + text.slice(end)
}
