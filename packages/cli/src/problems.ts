import { few } from '@slipway/core/counted'
import type { Problem } from '@slipway/core/problem'
import { groupProblems, type ProblemGroup, placesOf } from '@slipway/core/problem-groups'
import { problemPage } from '@slipway/core/problem-page'
import { paint, plain, type Terminal, wrap } from './terminal.ts'

const COLORS = { error: 'red', warning: 'yellow', notice: 'blue' } as const

/** Formats the first lines of a group: place, code, number of problems, message; and the places, if there are several. */
export function describeCause(terminal: Terminal, group: ProblemGroup): string {
  const { first, count } = group
  const label = `${first.severity}[${first.code}]`
  const places = placesOf(group)
  const isSingle = places.length === 1 && count === 1
  const place = isSingle ? `${plain(places[0] as string)}: ` : ''
  const times = count > 1 ? ` (${count} times)` : ''
  const head = indented(terminal, `${place}${label}${times}: ${plain(first.message).trimEnd()}`, 0)
  const painted = head.replace(label, paint(terminal, COLORS[first.severity], label))
  if (isSingle || places.length === 0) return painted
  const isComplete = places.length === 1
  return painted + indented(terminal, `in ${plain(isComplete ? (places[0] as string) : few(places, count))}`)
}

/** Formats a group for people: its cause, hint and page. An action's annotation may name its page already. */
export function describeGroup(terminal: Terminal, group: ProblemGroup): string {
  const { code, hint } = group.first
  const page = problemPage(code)
  const see = page === null || hint.endsWith(page) ? '' : `    ${paint(terminal, 'dim', `See ${page}`)}\n`
  return `${describeCause(terminal, group)}${indented(terminal, plain(hint).trimEnd())}${see}`
}

function indented(terminal: Terminal, text: string, first = 4): string {
  return `${' '.repeat(first)}${wrap(text, terminal.width, 4)}\n`
}

/**
 * Shows problems, worst first, each cause once.
 * @param names names of the project's parts (`namesOf`), to recognise problems with one cause
 */
export function showProblems(terminal: Terminal, problems: readonly Problem[], names: readonly string[] = []): void {
  for (const each of groupProblems(problems, names)) terminal.write(describeGroup(terminal, each))
}
