import { posix } from 'node:path'
import {
  debug,
  error,
  exportVariable,
  group,
  info,
  notice,
  saveState,
  setOutput,
  setSecret,
  summary,
  warning,
} from '@actions/core'
import type { Log } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { problemPage } from '@slipway/core/problem-page'
import { MAX_SUMMARY_BYTES } from './limits.ts'
import { escapeCell } from './markdown.ts'
import { secretParts } from './secret-parts.ts'

/** The runner's side of a step. Untrusted text is escaped, so that it never becomes a workflow command. */
export interface Workflow {
  log: Pick<Log, 'info' | 'debug'>
  /** Hides a credential and the secret in it in the job's log, and in every text written through this object. */
  mask(secret: string): void
  output(name: string, value: string | number | boolean): void
  /** Saves a value for the post step, whose environment has it as `STATE_<name>` (GitHub, "Workflow commands"). */
  saveState(name: string, value: string): void
  /** Sets a variable for later steps of the job. */
  exportVariable(name: string, value: string): void
  /** Registers the problem matchers of a JSON file, for the log lines of all later steps (actions/toolkit, "Problem matchers"). */
  addMatchers(file: string): void
  /** Annotates a problem. `folder` is the project's, relative to the repository; the problem's file is relative to it. */
  annotate(problem: Problem, folder: string): void
  /** Groups the log lines of an action under a title. */
  group<T>(title: string, action: () => Promise<T>): Promise<T>
  /** Adds to the job's summary, if the runner has one. */
  summarize(markdown: string): Promise<void>
}

/**
 * Escapes text so that the runner shows it and never obeys it. The runner (`ActionCommand`) treats a line as a command
 * when it starts with `::` after white space, or contains `##[`; a lone carriage return also ends a line.
 */
export function harmless(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/^(?=[\s\p{C}]*::)/u, '> ').replaceAll('##[', '## ['))
    .join('\n')
}

/** Cuts Markdown after a line so that it fits into a summary. */
function fitting(markdown: string): string {
  const bytes = Buffer.from(markdown)
  if (bytes.length <= MAX_SUMMARY_BYTES) return markdown
  const lines = bytes.subarray(0, MAX_SUMMARY_BYTES).toString().split('\n').slice(0, -1)
  return `${lines.join('\n')}\n\nThe rest of the summary is left out: it is too long.\n`
}

const annotations = { error, warning, notice }

/** Returns the runner's side of a step; `@actions/core` writes the workflow commands and escapes them by GitHub's rules. */
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
      for (const part of secret === '' ? [] : secretParts(secret)) {
        secrets.add(part)
        setSecret(part)
      }
    },
    output: (name, value) => setOutput(name, value),
    saveState: (name, value) => saveState(name, value),
    exportVariable: (name, value) => exportVariable(name, value),
    // Escaped as a value of a command (ActionCommand.cs, `_escapeDataMappings`).
    addMatchers: (file) =>
      info(`::add-matcher::${file.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`),
    annotate({ code, severity, message, hint, where }, folder) {
      const place = where && { file: posix.join(folder, where.file), startLine: where.line }
      const page = problemPage(code, process.env)
      const lines = [message, hint, ...(page === null ? [] : [`See ${page}`])]
      annotations[severity](masked(lines.join('\n')), { title: code, ...place })
    },
    group: (title, action) => group(harmless(masked(title)).replaceAll('\n', ' '), action),
    async summarize(markdown) {
      if (process.env.GITHUB_STEP_SUMMARY) await summary.addRaw(fitting(maskedMarkdown(markdown)), true).write()
    },
  }
}
