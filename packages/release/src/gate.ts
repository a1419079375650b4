import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { mustRun } from '@slipway/toolchain/command'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import type { Step } from './step.ts'

/**
 * Runs the commands that must succeed before a release, one after another, without a shell and without secrets.
 * @param dir the project, absolute
 * @param env on top of the environment
 * @throws ProblemError `gate-failed` with the last lines of the first that fails
 */
export async function runGate(
  { exec, env, log }: Ports,
  { gate }: Pick<Plan, 'gate'>,
  { dir, env: more, step }: { dir: string; env: Record<string, string>; step: Step },
): Promise<void> {
  for (const [program, ...args] of gate) {
    if (program === undefined) continue
    const shown = [program, ...args].join(' ')
    const command = { argv: [program, ...args] as const, cwd: dir, env: { ...withoutSecrets(env), ...more } }
    const words = {
      code: 'gate-failed',
      what: `\`${shown}\` failed`,
      hint: 'Mend what it says; nothing was published.',
    }
    await step(`gate: ${shown}`, () => mustRun(exec, { ...command, onLine: log.info }, words))
  }
}
