import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { mustRun } from '@slipway/toolchain/command'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import type { Step } from '../job/step.ts'

/**
 * Runs the gate's commands one after another, without a shell and without secrets.
 * @param dir the project, absolute
 * @param env additional environment variables
 * @throws ProblemError `gate-failed` with the last output of the first command that fails
 */
export async function runGate(
  { exec, env, log }: Ports,
  { gate }: Pick<Plan, 'gate'>,
  { dir, env: more, step }: { dir: string; env: Record<string, string>; step: Step },
): Promise<void> {
  for (const [program, ...args] of gate) {
    if (program === undefined) continue
    const line = [program, ...args].join(' ')
    const command = { argv: [program, ...args] as const, cwd: dir, env: { ...withoutSecrets(env), ...more } }
    const words = {
      code: 'gate-failed',
      what: `\`${line}\` failed`,
      hint: 'Fix the failure that it reports; nothing was published.',
    }
    await step(`gate: ${line}`, () => mustRun(exec, { ...command, onLine: log.info }, words))
  }
}
