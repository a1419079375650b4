import path from 'node:path'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { MAX_AWK_VARIABLES, MAX_SUBSTITUTION_DEPTH } from '../../limits.ts'
import type { Subject } from '../check.ts'
import type { Job } from './jobs.ts'
import { stepsWithTag, TAG, withTag, wordWithTag } from './tag-uses.ts'

const SEARCH = /^(?:[gmn]?awk|g?sed|[ef]?grep|perl|python3?)$/
/** What takes a `v` off within a program, or makes it one of several that may stand there. */
const CHANGES = /\b(?:g?sub|substr|split|gensub|replace|removeprefix|l?strip)\(|\|/
/** How a text is looked for by a program: `/^## \[v1/`, `$2 == "[" tag`, `$0 ~ tag`, `index($0, tag)`, `re.search("v1")`. */
const PATTERN = /\/(?:\\.|[^/\\\n])*\//g
const COMPARED = /(?:~|==|\bindex\(|\bmatch\(|\bre\.\w+\()[^;{}]{0,200}\ue000/

/** Whether a program of sed, awk, perl or python looks for the tag, and for that alone. */
function looksFor(tool: string, words: readonly string[], document: string): boolean {
  if (/grep/.test(tool))
    return !words.some((each) => /^-\w*[qcvL]|\|/.test(each)) && words.some((each) => each.includes(TAG))
  if (/python/.test(tool)) return COMPARED.test(document) && !CHANGES.test(document)
  // A variable of awk, by what it is given.
  const variables = words.flatMap((each) => /^(?:-v)?([A-Za-z_]\w*)=.*\ue000/s.exec(each)?.[1] ?? [])
  const programs = words.filter((each) => !/^(?:-v)?[A-Za-z_]\w*=/.test(each))
  const name =
    variables.length === 0 ? null : new RegExp(`\\b(?:${variables.slice(0, MAX_AWK_VARIABLES).join('|')})\\b`, 'g')
  return programs.some((each) => {
    const program = name && /awk/.test(tool) ? each.replace(name, TAG) : each
    if (CHANGES.test(program)) return false
    if (/sed/.test(tool)) return /^\s*\/(?:\\.|[^/\\\n])*\ue000/.test(program)
    return program.match(PATTERN)?.some((each) => each.includes(TAG)) || COMPARED.test(program)
  })
}

/** All commands, those that are put in among them, each with the lines above it. */
function withInner(commands: readonly ShellCommand[], depth = 0): ShellCommand[] {
  return commands.flatMap((command) => {
    const inner = depth === MAX_SUBSTITUTION_DEPTH ? [] : command.inner
    const found = inner.flatMap(({ text, line }) =>
      withInner(shellCommands(text), depth + 1).map((each) => ({ ...each, line: each.line + line })),
    )
    return [...found, command]
  })
}

/**
 * Commands that look for the tag in a changelog whose headings have the version alone: `v1.2.0` stands in none of
 * them, so the notes come out empty, and nothing fails. Only where what they look for is seen to have the `v`.
 */
export function notesByTag(job: Job, { project, release, section }: Subject): Problem[] {
  const { changelog } = project
  if (!changelog || !section || release.tag !== `v${release.version}`) return []
  const heading = changelog.text.split('\n')[section.line - 1] ?? ''
  if (heading.includes(release.tag)) return []
  const name = path.posix.basename(changelog.file)
  const found: Where[] = []
  for (const { step, known, commands } of stepsWithTag(job)) {
    if (!step.run.includes(name)) continue
    const searches = withInner(commands).flatMap((command, index, all) => {
      const tool = command.words.findIndex((each) => SEARCH.test(each))
      const [head = ''] = command.words
      // One whose failure is looked at, and one that is only the condition of others, is no surprise.
      if (tool === -1 || /^(?:if|while|until|!|elif|for|echo)$/.test(head) || command.after === '||') return []
      const before = command.before === '|' ? (all[index - 1]?.words ?? []) : []
      const { document, isExpanded, words } = command
      if (![...words, ...before, document].some((each) => each.includes(name))) return []
      const args = words.slice(tool + 1).map((each) => wordWithTag(each, known))
      // What grep does not find, it fails for, unless others read on.
      if (/grep/.test(words[tool] ?? '') && command.after !== '|') return []
      return [{ line: command.line, isByTag: looksFor(words[tool] ?? '', args, withTag(document, known, isExpanded)) }]
    })
    const [first] = searches
    // Where it is looked for in another way too, the first may be meant to find nothing.
    if (first && searches.every((each) => each.isByTag))
      found.push({ file: step.where.file, line: step.runLine + first.line })
  }
  return found.map((where) => {
    const message = `The tag ${release.tag} is looked for in ${changelog.file}, whose headings have no v (\`${heading.trim()}\`): the notes come out empty, and nothing fails.`
    const hint = `Take the v off first: VERSION="\${GITHUB_REF_NAME#v}"; or let create-release find the section.`
    return warning('workflow-notes-by-tag', message, hint, where)
  })
}
