/** How a line belongs to fenced code. */
export type FencePlace = 'outside' | 'opens' | 'inside' | 'closes'

/** Follows the fenced code blocks of a Markdown text, one line after another (CommonMark 0.31, 4.5). */
export class FenceReader {
  readonly #form: RegExp
  #open: string | null = null

  /**
   * @param indent spaces allowed before a fence: CommonMark allows three at the top; `any` for a reader that
   *   does not follow lists, whose items may hold fences at any depth
   */
  constructor(indent: 'three' | 'any') {
    this.#form = indent === 'any' ? /^\s*(`{3,}|~{3,})(.*)$/ : /^ {0,3}(`{3,}|~{3,})(.*)$/
  }

  /** Reads the next line. Returns how it belongs to fenced code, and the language of a fence that opens, in lower case. */
  read(line: string): { place: FencePlace; language: string } {
    const [, fence, info = ''] = this.#form.exec(line) ?? []
    if (this.#open !== null) {
      const isEnd = fence?.startsWith(this.#open) === true && info.trim() === ''
      if (isEnd) this.#open = null
      return { place: isEnd ? 'closes' : 'inside', language: '' }
    }
    // Backticks after a fence of backticks make it inline code.
    if (fence === undefined || (fence.startsWith('`') && info.includes('`'))) return { place: 'outside', language: '' }
    this.#open = fence
    return { place: 'opens', language: (/^\s*(\w*)/.exec(info)?.[1] ?? '').toLowerCase() }
  }
}
