import path from 'node:path'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import type { Job } from '@slipway/documents/workflows/jobs'
import { MAX_AWK_VARIABLES, MAX_SUBSTITUTION_DEPTH } from '../../limits.ts'
import type { Subject } from '../check.ts'
import { stepsWithTag, TAG, withTag, wordWithTag } from './tag-uses.ts'

/** Tools that search a text. */
const SEARCH = /^(?:[gmn]?awk|g?sed|[ef]?grep|perl|python3?)$/
/** Parts of a program that may remove the `v`, or make it optional. */
const CHANGES = /\b(?:g?sub|substr|split|gensub|replace|removeprefix|l?strip)\(|\|/
/** How a program searches for a text: `/^## \[v1/`, `$2 == "[" tag`, `$0 ~ tag`, `index($0, tag)`, `re.search("v1")`. */
const PATTERN = /\/(?:\\.|[^/\\\n])*\//g
const COMPARED = /(?:~|==|\bindex\(|\bmatch\(|\bre\.\w+\()[^;{}]{0,200}\ue000/

/** Whether a call of a search tool searches for the tag, and only for the tag. */
function searchesTag(tool: string, words: readonly string[], document: string): boolean {
  if (/grep/.test(tool))
    return !words.some((each) => /^-\w*[qcvL]|\|/.test(each)) && words.some((each) => each.includes(TAG))
  if (/python/.test(tool)) return COMPARED.test(document) && !CHANGES.test(document)
  // The names of awk variables whose value contains the tag.
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

/** Returns all commands, each after the command substitutions in it, with their lines in the step. */
function withSubstitutions(commands: readonly ShellCommand[], depth = 0): ShellCommand[] {
  return commands.flatMap((command) => {
    const inner = depth === MAX_SUBSTITUTION_DEPTH ? [] : command.inner
    const found = inner.flatMap(({ text, line }) =>
      withSubstitutions(shellCommands(text), depth + 1).map((each) => ({ ...each, line: each.line + line })),
    )
    return [...found, command]
  })
}

/**
 * Reports commands that search for the tag in a changelog whose headings contain only the version: none contains `v1.2.0`,
 * so the notes are empty, and nothing fails. Only reports searches that certainly include the `v`.
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
    const searches = withSubstitutions(commands).flatMap((command, index, all) => {
      const tool = command.words.findIndex((each) => SEARCH.test(each))
      const [head = ''] = command.words
      // A search that is a condition, or whose failure is handled, is intended.
      if (tool === -1 || /^(?:if|while|until|!|elif|for|echo)$/.test(head) || command.after === '||') return []
      const before = command.before === '|' ? (all[index - 1]?.words ?? []) : []
      const { document, isExpanded, words } = command
      if (![...words, ...before, document].some((each) => each.includes(name))) return []
      const args = words.slice(tool + 1).map((each) => wordWithTag(each, known))
      // grep fails when it finds nothing, unless its output goes into a pipe.
      if (/grep/.test(words[tool] ?? '') && command.after !== '|') return []
      return [
        { line: command.line, isByTag: searchesTag(words[tool] ?? '', args, withTag(document, known, isExpanded)) },
      ]
    })
    const [first] = searches
    // If the step also searches in another way, the first search may find nothing on purpose.
    if (first && searches.every((each) => each.isByTag))
      found.push({ file: step.where.file, line: step.runLine + first.line })
  }
  return found.map((where) => {
    const message = `This command searches ${changelog.file} for the tag ${release.tag}, but its headings have no v (\`${heading.trim()}\`), so the notes are empty.`
    const hint = `Remove the v first: VERSION="\${GITHUB_REF_NAME#v}"; or let create-release find the section.`
    return warning('workflow-notes-by-tag', message, hint, where)
  })
}
