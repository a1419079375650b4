import { unquoted } from './shell-words.ts'

/** A simple command of a shell, as written (POSIX, "Shell Command Language", 2.9.1). */
export interface ShellCommand {
  /** As written: with quotes and with everything a shell would expand, without redirections. */
  words: string[]
  /** The last file that its output is redirected to; empty for none. */
  output: string
  /** The content of its here-documents, and whether the shell expands it. */
  document: string
  isExpanded: boolean
  /** The sign before it: `|`, `&`, `;`, `(`, `)` or a line's end; empty for none. */
  before: string
  /** The sign after it; empty for none. */
  after: string
  /** Lines above it. */
  line: number
  /** The commands in its `$(…)`, and the lines above each. */
  inner: { text: string; line: number }[]
}

/** A quote or parenthesis that is still open. */
interface Opening {
  /** `"`, or `(` of a command substitution or within one. */
  sign: '"' | '('
  /** Start of the substituted command; null for other parentheses. */
  start: number | null
  line: number
}

/** An escaped character, an expression of GitHub or a parameter: one piece, whatever is in it. */
const PIECE = /\\[\s\S]|\$\{\{[^}$]*\}\}|\$\{[^}$]*\}/y
/** Characters without a special meaning. */
const PLAIN = /[^\\$"'()\s;&|<>#`]+/y

/** Reads a shell's text from its start to its end, once. */
class Scanner {
  readonly #text: string
  #at = 0
  #line = 0
  readonly #commands: ShellCommand[] = []
  #command: ShellCommand | null = null
  /** The sign before the next command. */
  #before = ''
  /** Start of the word that is being read. */
  #wordStart: number | null = null
  /** The redirection that the next word belongs to; empty for none. */
  #redirection = ''
  readonly #open: Opening[] = []
  /** The here-documents that begin below this line, with the words that end them. */
  #documents: { end: string; command: ShellCommand }[] = []

  constructor(text: string) {
    this.#text = text
  }

  commands(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#readNext(this.#text[this.#at] as string)
    this.#endCommand('')
    return this.#commands
  }

  #readNext(char: string): void {
    if (this.#open.length > 0) this.#readWord(char)
    else if (/\s/.test(char)) this.#readBlank(char)
    else if (/[;&|()]/.test(char)) this.#readOperator(char)
    else if (/[<>]/.test(char)) this.#readRedirection()
    else if (char === '#' && this.#wordStart === null) this.#advance(this.#match(/[^\n]*/y).length)
    else if (char === '\\' && this.#text[this.#at + 1] === '\n') {
      this.#endWord()
      this.#advance(2)
    } else this.#readWord(char)
  }

  #readBlank(char: string): void {
    this.#endWord()
    if (char === '\n') this.#endCommand('\n')
    this.#advance(1)
    if (char === '\n') this.#readDocuments()
  }

  #readOperator(char: string): void {
    const sign = this.#match(/&&|\|\||[;&|()]/y)
    // `2>&1` and `<&3` name a file descriptor.
    if (char === '&' && /[<>]/.test(this.#text[this.#at - 1] ?? '')) this.#redirection = '<'
    else this.#endCommand(sign)
    this.#advance(sign.length)
  }

  #readRedirection(): void {
    // A single digit right before it is the file descriptor that is redirected.
    const isAfterOne = this.#wordStart !== null && this.#at - this.#wordStart === 1
    const descriptor = isAfterOne ? /\d/.exec(this.#text[this.#at - 1] ?? '')?.[0] : undefined
    if (descriptor !== undefined) this.#wordStart = null
    this.#endWord()
    this.#current()
    const sign = this.#match(/<<<|<<|>>|[<>]/y)
    this.#redirection = descriptor === undefined || descriptor === '1' ? sign : '<'
    this.#advance(sign.length)
  }

  /** Reads a part of a word: to the end of a quote, or of a substituted command. */
  #readWord(char: string): void {
    if (this.#wordStart === null) {
      this.#current()
      this.#wordStart = this.#at
    }
    const sign = this.#open.at(-1)?.sign
    if (char === "'" && sign !== '"') this.#advance(this.#match(/'[^']*'?/y).length)
    else if (char === '"') {
      if (sign === '"') this.#open.pop()
      else this.#open.push({ sign: '"', start: null, line: this.#line })
      this.#advance(1)
    } else if (char === '$' && this.#text[this.#at + 1] === '(') {
      this.#advance(2)
      this.#open.push({ sign: '(', start: this.#at, line: this.#line })
    } else if (char === '(' && sign === '(') {
      this.#open.push({ sign: '(', start: null, line: this.#line })
      this.#advance(1)
    } else if (char === ')' && sign === '(') this.#closeParenthesis()
    else this.#advance((this.#match(PIECE) || this.#match(PLAIN)).length || 1)
  }

  #closeParenthesis(): void {
    const { start = null, line = 0 } = this.#open.pop() ?? {}
    const isOutermost = !this.#open.some((each) => each.sign === '(')
    if (start !== null && isOutermost) this.#current().inner.push({ text: this.#text.slice(start, this.#at), line })
    this.#advance(1)
  }

  #endWord(): void {
    if (this.#wordStart === null) return
    const word = this.#text.slice(this.#wordStart, this.#at)
    const command = this.#current()
    if (this.#redirection === '<<') this.#documents.push({ end: word, command })
    else if (this.#redirection === '') command.words.push(word)
    else if (this.#redirection.startsWith('>')) command.output = word
    this.#wordStart = null
    this.#redirection = ''
  }

  #endCommand(sign: string): void {
    this.#endWord()
    if (this.#command) {
      this.#command.after = sign
      this.#commands.push(this.#command)
      this.#before = sign
    } else if (sign !== '\n' || this.#before === '') this.#before = sign
    this.#command = null
  }

  /** Reads the here-documents of the line above. */
  #readDocuments(): void {
    for (const { end, command } of this.#documents) {
      const last = unquoted(end.replace(/^-/, ''))
      command.isExpanded = !/["'\\]/.test(end)
      for (let isEnd = false; !isEnd && this.#at < this.#text.length; ) {
        const content = this.#match(/[^\n]*/y)
        isEnd = content.trim() === last
        if (!isEnd) command.document += `${content}\n`
        this.#advance(content.length + 1)
      }
    }
    this.#documents = []
  }

  /** Returns the command that is being read, and begins one if there is none. */
  #current(): ShellCommand {
    this.#command ??= {
      words: [],
      output: '',
      document: '',
      isExpanded: true,
      before: this.#before,
      after: '',
      line: this.#line,
      inner: [],
    }
    return this.#command
  }

  /** Returns what a sticky pattern matches here; empty for nothing. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0] ?? ''
  }

  #advance(length: number): void {
    for (let end = this.#at + length; this.#at < end; this.#at += 1) if (this.#text[this.#at] === '\n') this.#line += 1
  }
}

/**
 * Returns the simple commands of a text, in order. Quotes, substituted commands and here-documents belong to the command
 * around them; a quote, parenthesis or here-document that is not closed goes on to the end.
 */
export function shellCommands(text: string): ShellCommand[] {
  return new Scanner(text).commands()
}
