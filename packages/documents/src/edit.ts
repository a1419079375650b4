/** A replacement of a part of a file's text. */
export interface Edit {
  file: string
  /** Start and end, in UTF-16 units of the file's text; equal for an insertion. */
  range: readonly [start: number, end: number]
  text: string
}

/** Returns the edits that change a text, in its order. Of edits that overlap, the first remains. */
export function applicableEdits(text: string, edits: readonly Edit[]): Edit[] {
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

/** Returns a text with edits applied. They must be in its order and not overlap, as from `applicableEdits`. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let end = 0
  const pieces = edits.flatMap((each) => {
    const between = text.slice(end, each.range[0])
    end = each.range[1]
    return [between, each.text]
  })
  return pieces.join('') + text.slice(end)
}
