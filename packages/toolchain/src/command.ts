import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Command, Exec, Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { MAX_QUOTED_LINES } from './limits.ts'

/** Returns the folders of PATH, in order. */
export function pathFolders(env: Ports['env']): string[] {
  // Windows spells it `Path`.
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH'
  return (env[name] ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** Returns the path of a program on PATH, or null. */
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

/** Returns the arguments that run a user's command in a shell, which stops at the first failure. */
export function shellCommand(command: string): [string, ...string[]] {
  // Windows has no sh on PATH; GitHub's runners, and Git, have bash.
  return [process.platform === 'win32' ? 'bash' : 'sh', '-ec', command]
}

/**
 * Returns the last lines of a command's output, from standard error if it wrote there: errors come last. Of a line that was
 * overwritten, as progress is, only what it showed in the end.
 */
export function lastLines({ stdout, stderr }: Finished): string {
  const lines = (stderr.trim() || stdout.trim()).split(/\r?\n/)
  return lines
    .slice(-MAX_QUOTED_LINES)
    .map((each) => each.slice(each.lastIndexOf('\r') + 1))
    .join('\n')
}

/** Returns the tar to run. On Windows that is the system's own, which reads `.zip` too: git's, on PATH, takes `C:` for a host. */
export function systemTar(env: Ports['env'], platform: NodeJS.Platform): string {
  return platform === 'win32' ? join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar'
}

/** The problem to report when a command fails: its code, the failure in words, and the hint. */
export interface CommandFailure {
  code: string
  what: string
  hint: string
}

/**
 * Returns a finished command if it succeeded.
 * @throws ProblemError with the last lines of the command's output
 */
export function mustSucceed(finished: Finished, { code, what, hint }: CommandFailure): Finished {
  if (finished.code === 0) return finished
  throw new ProblemError(error(code, `${what} (exit code ${finished.code}):\n${lastLines(finished)}`, hint))
}

/**
 * Runs a command that must succeed.
 * @throws ProblemError with the last lines of the command's output, or with the cause when the command cannot be started
 */
export async function mustRun(exec: Exec, command: Command, failure: CommandFailure): Promise<Finished> {
  const finished = await exec(command).catch((cause: unknown) => {
    const message = `${failure.what}: \`${command.argv[0]}\` cannot be started.`
    throw new ProblemError(error(failure.code, message, failure.hint), cause)
  })
  return mustSucceed(finished, failure)
}
