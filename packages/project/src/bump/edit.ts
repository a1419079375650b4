/** A replacement of a part of a file's text. */
export interface Edit {
  file: string
  /** Start and end, in UTF-16 units of the file's text; where they are equal, something is put in. */
  range: readonly [start: number, end: number]
  text: string
}

/** The edits of one text that change something, in its order, each once. */
export function effective(text: string, edits: readonly Edit[]): Edit[] {
  const changing = edits.filter((each) => text.slice(...each.range) !== each.text)
  const unique = new Map(changing.map((each) => [each.range.join(), each]))
  return [...unique.values()].sort((a, b) => a.range[0] - b.range[0])
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
