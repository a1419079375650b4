/** A simple command of a shell, as it is written (POSIX, "Shell Command Language", 2.9.1). */
export interface ShellCommand {
  /** With their quotes, and with what is to be expanded; redirections left out. */
  words: string[]
  /** Where its output is written to, the last of such; empty for none. */
  output: string
  /** What its here-documents hold, and whether the shell expands it. */
  document: string
  isExpanded: boolean
  /** What stands before it: `|`, `&`, `;`, `(`, `)`, a line's end; empty for none. */
  before: string
  /** The same of what stands after it. */
  after: string
  /** Lines above it. */
  line: number
  /** Commands that are put in by `$(…)`, and the lines above each. */
  inner: { text: string; line: number }[]
}

/** What is of one piece wherever it stands: what is escaped, and expressions of GitHub. */
const PIECE = /\\[\s\S]|\$\{\{[^}$]*\}\}|\$\{[^}$]*\}/y
/** What has no meaning but itself. */
const PLAIN = /[^\\$"'()\s;&|<>#`]+/y

/**
 * The simple commands of a text, one after another, in one pass: what is quoted, put in, or a here-document belongs to
 * the command that it stands in. What is not closed goes on to the end.
 */
export function shellCommands(text: string): ShellCommand[] {
  const all: ShellCommand[] = []
  let [at, line, wordAt, isWord, redirection] = [0, 0, 0, false, '']
  let before = ''
  let command: ShellCommand | null = null
  /** What is open: `"`, or `(` of a command that is put in. */
  const open: { sign: string; at: number; line: number }[] = []
  let documents: { end: string; of: ShellCommand }[] = []
  const current = () => {
    command ??= { words: [], output: '', document: '', isExpanded: true, before, after: '', line, inner: [] }
    return command
  }
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? ''
  }
  const go = (length: number) => {
    for (let end = at + length; at < end; at += 1) if (text[at] === '\n') line += 1
  }
  const endWord = () => {
    if (!isWord) return
    const word = text.slice(wordAt, at)
    const of = current()
    if (redirection === '<<') documents.push({ end: word, of })
    else if (redirection === '') of.words.push(word)
    else if (redirection.startsWith('>')) of.output = word
    isWord = false
    redirection = ''
  }
  const endCommand = (sign: string) => {
    endWord()
    if (command) {
      command.after = sign
      all.push(command)
      before = sign
    } else if (sign !== '\n' || before === '') before = sign
    command = null
  }
  /** Reads the here-documents whose commands stand on the line that ended. */
  const readDocuments = () => {
    for (const { end, of } of documents) {
      const word = end.replace(/^-|["'\\]/g, '')
      of.isExpanded = !/["'\\]/.test(end)
      for (let isEnd = false; !isEnd && at < text.length; ) {
        const next = text.indexOf('\n', at)
        const content = text.slice(at, next === -1 ? text.length : next)
        isEnd = content.trim() === word
        if (!isEnd) of.document += `${content}\n`
        go(content.length + 1)
      }
    }
    documents = []
  }
  while (at < text.length) {
    const char = text[at] as string
    const top = open.at(-1)
    const isOutside = top === undefined
    if (isOutside && /\s/.test(char)) {
      endWord()
      if (char === '\n') endCommand('\n')
      go(1)
      if (char === '\n') readDocuments()
    } else if (isOutside && /[;&|()]/.test(char)) {
      const sign = take(/&&|\|\||[;&|()]/y)
      if (char === '&' && /[<>]/.test(text[at - 1] ?? '')) redirection = '<'
      else endCommand(sign)
      go(sign.length)
    } else if (isOutside && !isWord && char === '#') {
      go(take(/[^\n]*/y).length)
    } else if (isOutside && /[<>]/.test(char)) {
      // A number before it says what is redirected.
      const number = isWord && at - wordAt === 1 ? /\d/.exec(text[wordAt] ?? '')?.[0] : undefined
      if (number !== undefined) isWord = false
      endWord()
      current()
      const sign = take(/<<<|<<|>>|[<>]/y)
      redirection = number === undefined || number === '1' ? sign : '<'
      go(sign.length)
    } else if (isOutside && char === '\\' && text[at + 1] === '\n') {
      endWord()
      go(2)
    } else {
      if (!isWord) {
        current()
        wordAt = at
        isWord = true
      }
      const isQuoted = top?.sign === '"'
      if (char === "'" && !isQuoted) go(take(/'[^']*'?/y).length)
      else if (char === '"') {
        if (isQuoted) open.pop()
        else open.push({ sign: '"', at, line })
        go(1)
      } else if (char === '$' && text[at + 1] === '(') {
        go(2)
        open.push({ sign: '(', at, line })
      } else if (char === '(' && top?.sign === '(') {
        open.push({ sign: '(', at: -1, line })
        go(1)
      } else if (char === ')' && top?.sign === '(') {
        open.pop()
        const isPutIn = top.at !== -1 && !open.some((each) => each.sign === '(')
        if (isPutIn) current().inner.push({ text: text.slice(top.at, at), line: top.line })
        go(1)
      } else go((take(PIECE) || take(PLAIN)).length || 1)
    }
  }
  endCommand('')
  return all
}
