import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Command, Exec, Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

const LAST_LINES = 20

/** The folders of PATH, in order. */
export function pathFolders(env: Ports['env']): string[] {
  // Windows spells it `Path`.
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH'
  return (env[name] ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** Where on PATH a program is, or null. */
export async function findProgram(env: Ports['env'], program: string): Promise<string | null> {
  const file = process.platform === 'win32' ? `${program}.exe` : program
  for (const folder of pathFolders(env)) {
    const path = join(folder, file)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return null
}

/** The last lines of what a command wrote: errors come last, on standard error. */
export function lastLines({ stdout, stderr }: Finished): string {
  return (stderr.trim() || stdout.trim()).split('\n').slice(-LAST_LINES).join('\n')
}

/** Which problem a command's failure is: its code, what did not happen, and what to do about it. */
export interface FailureWords {
  code: string
  what: string
  hint: string
}

/**
 * Holds a finished command to success.
 * @throws ProblemError with the last lines of the command's output
 */
export function mustSucceed(finished: Finished, { code, what, hint }: FailureWords): Finished {
  if (finished.code === 0) return finished
  throw new ProblemError(error(code, `${what} (exit code ${finished.code}):\n${lastLines(finished)}`, hint))
}

/**
 * Runs a command that has to succeed.
 * @throws ProblemError with the last lines of the command's output, or with the cause when it cannot be started
 */
export async function mustRun(exec: Exec, command: Command, words: FailureWords): Promise<Finished> {
  const finished = await exec(command).catch((cause: unknown) => {
    const message = `${words.what}: \`${command.argv[0]}\` cannot be started.`
    throw new ProblemError(error(words.code, message, words.hint), cause)
  })
  return mustSucceed(finished, words)
}
