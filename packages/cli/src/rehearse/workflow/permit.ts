import { error, type Problem, type Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { scriptsIn } from '@slipway/project/evidence/scripts'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import { writeOfAction, writesOfCommands } from '@slipway/project/evidence/writes'
import type { ReadStep, ReadWorkflow } from './reading.ts'
import { standInOf } from './stand-ins.ts'

/** A step whose commands run on this machine. */
export interface LocalCommands {
  where: Where
  job: string
  step: string
  /** Its first command, with the number of lines. */
  commands: string
}

/**
 * Returns the steps of a workflow that run commands on this machine, including those of Slipway's reusable workflows.
 */
export function localCommands({ steps }: ReadWorkflow): LocalCommands[] {
  return steps
    .filter(({ step }) => step.run !== '')
    .map(({ step, job }) => {
      const lines = step.run.split('\n').filter((each) => /^\s*[^\s#]/.test(each))
      const more = lines.length > 1 ? ` … (${lines.length} lines)` : ''
      return { where: step.where, job, step: step.name, commands: `${lines[0]?.trim() ?? ''}${more}` }
    })
}

/**
 * Returns what prevents rehearsing a workflow on this machine: steps of the project that write elsewhere, and foreign
 * actions or workflows without a stand-in. Errors, with file and line.
 */
export async function obstacles(dir: string, { steps, unread }: ReadWorkflow): Promise<Problem[]> {
  const folder = new Folder(dir)
  const own = steps.filter(({ from }) => from === 'project')
  const written = await Promise.all(own.map((each) => writesOf(each, folder)))
  const foreign = own.flatMap(({ step }) => {
    const { uses, action, where } = step
    const isKnown =
      !uses ||
      uses.text.startsWith('./') ||
      slipwayReference(uses.text) ||
      standInOf(action) ||
      writeOfAction(step) !== null
    return isKnown ? [] : [notHere(uses.text, where)]
  })
  return [...written.flat(), ...unread.map(unreadable), ...foreign]
}

async function writesOf({ step }: ReadStep, folder: Folder): Promise<Problem[]> {
  const byAction = step.uses ? writeOfAction(step) : null
  if (byAction !== null) return [writesElsewhere(byAction, step.where)]
  const direct = writesOfCommands(step.run).map(({ what, line }) =>
    writesElsewhere(what, { file: step.where.file, line: step.runLine + line }),
  )
  const scripts = (await scriptsIn(step, folder)).flatMap(({ file, text }) =>
    writesOfCommands(text).map(({ what, line }) => writesElsewhere(what, { file, line: line + 1 })),
  )
  return [...direct, ...scripts]
}

function writesElsewhere(what: string, where: Where): Problem {
  const message = `This step runs \`${what}\`, which would write to a real registry or server, so nothing was run.`
  const hint = 'Publish with a Slipway action, or move the step to another workflow.'
  return error('workflow-writes-elsewhere', message, hint, where)
}

function notHere(uses: string, where: Where): Problem {
  const message = `\`${uses}\` cannot be rehearsed: Slipway has no stand-in for it.`
  const hint = 'Replace it with commands (`run:`), or move it to another workflow.'
  return error('workflow-action-unknown', message, hint, where)
}

function unreadable({ uses, where, what }: ReadWorkflow['unread'][number]): Problem {
  if (what !== 'container') return notHere(uses, where)
  const message = `\`${uses}\` runs in a container, but a rehearsal runs every job directly on this machine.`
  return error(
    'workflow-action-unknown',
    message,
    'Build and test without a container, or move it to another workflow.',
    where,
  )
}
