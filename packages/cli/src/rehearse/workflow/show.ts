import { MAX_COMMAND_CHARACTERS } from '../../limits.ts'
import type { Progress as Steps } from '../../progress.ts'
import { columns, paint, plain, type Terminal } from '../../terminal.ts'
import type { WorkflowRehearsal } from './rehearsal.ts'

const SIGNS = { success: ['✓', 'green'], failure: ['✗', 'red'] } as const

/** Shows the commands that a workflow will run on this machine, and its steps as they end. */
export function showWorkflow(terminal: Terminal, steps: Steps): Pick<WorkflowRehearsal, 'announce' | 'progress'> {
  return {
    announce(workflow, commands) {
      if (commands.length === 0) return
      const rows = commands.map(({ where, job, commands: text }) => [
        `${where.file}:${where.line}`,
        job,
        text.length > MAX_COMMAND_CHARACTERS ? `${text.slice(0, MAX_COMMAND_CHARACTERS - 1)}…` : text,
      ])
      terminal.write(`\nCommands of ${plain(workflow)} that run on this machine:\n`)
      terminal.write(`${columns(terminal, [['step', 'job', 'commands'], ...rows])}\n`)
    },
    progress: {
      printed: steps.detail,
      ended({ job, step, result, seconds }) {
        if (step === null && result === 'success') return
        const [sign, color] = SIGNS[result as keyof typeof SIGNS] ?? ['-', 'dim']
        const time = step === null ? '' : `${seconds.toFixed(1)} s`
        const name = step === null ? `${job}: ${result}` : `${job} / ${step}`
        steps.line(`  ${paint(terminal, color, sign)}${time.padStart(9)}  ${plain(name)}`)
      },
    },
  }
}
