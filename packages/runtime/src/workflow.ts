import { posix } from 'node:path'
import { debug, error, group, info, notice, saveState, setOutput, setSecret, summary, warning } from '@actions/core'
import type { Log } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { escapeCell } from './markdown.ts'

/** The runner's side of a step: what is written here is a workflow command or can never be one. */
export interface Workflow {
  log: Pick<Log, 'info' | 'debug'>
  /** Hides a value in the log of the job; here it is replaced in every text besides. */
  mask(secret: string): void
  output(name: string, value: string | number | boolean): void
  /** Keeps a value for the post step, which finds it as `STATE_<name>` in its environment (GitHub, "Workflow commands"). */
  saveState(name: string, value: string): void
  /** An annotation. `folder` is the project's, relative to the repository, for the problem's file. */
  annotate(problem: Problem, folder: string): void
  /** Folds what is logged meanwhile under a title. */
  group<T>(title: string, action: () => Promise<T>): Promise<T>
  /** Adds to the job's summary; nothing where the runner takes none. */
  summarize(markdown: string): Promise<void>
}

/**
 * Text as the runner shows it, never obeys it. The runner (`ActionCommand`) takes a line for a command when it begins
 * with `::` after white space, or has `##[` anywhere; its lines also end at a lone carriage return.
 */
export function harmless(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/^(?=[\s\p{C}]*::)/u, '> ').replaceAll('##[', '## ['))
    .join('\n')
}

/** A summary that is longer is refused as a whole (GitHub, "Adding a job summary": 1 MiB a step). */
const LONGEST_SUMMARY = 2 ** 20 - 1000

/** Markdown cut after a line so that it can be a summary, in UTF-8. */
function fitting(markdown: string): string {
  const bytes = Buffer.from(markdown)
  if (bytes.length <= LONGEST_SUMMARY) return markdown
  const lines = bytes.subarray(0, LONGEST_SUMMARY).toString().split('\n').slice(0, -1)
  return `${lines.join('\n')}\n\nThe summary is too long to be shown whole.\n`
}

const annotations = { error, warning, notice }

/** The runner's workflow commands, through `@actions/core` where they take text: it escapes by GitHub's rules. */
export function githubWorkflow(): Workflow {
  const secrets = new Set<string>()
  const masked = (text: string) => [...secrets].reduce((left, secret) => left.replaceAll(secret, '***'), text)
  const maskedMarkdown = (text: string) =>
    [...secrets].reduce((left, secret) => left.replaceAll(escapeCell(secret), '***'), masked(text))
  return {
    log: {
      info: (message) => info(harmless(masked(message))),
      debug: (message) => debug(masked(message)),
    },
    mask(secret) {
      if (secret === '') return
      secrets.add(secret)
      setSecret(secret)
    },
    output: (name, value) => setOutput(name, value),
    saveState: (name, value) => saveState(name, value),
    annotate({ code, severity, message, hint, where }, folder) {
      const place = where && { file: posix.join(folder, where.file), startLine: where.line }
      annotations[severity](masked(`${message}\n${hint}`), { title: code, ...place })
    },
    group: (title, action) => group(harmless(masked(title)).replaceAll('\n', ' '), action),
    async summarize(markdown) {
      if (process.env.GITHUB_STEP_SUMMARY) await summary.addRaw(fitting(maskedMarkdown(markdown)), true).write()
    },
  }
}
